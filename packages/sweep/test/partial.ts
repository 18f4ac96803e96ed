import fc from "fast-check";
import type { ParameterValues } from "../src/space/domain.ts";

/** Generates the same combinations without some of their parameters, as if those did not exist there. */
export function generatePartialTrials(all: readonly ParameterValues[]): fc.Arbitrary<ParameterValues[]> {
  return fc.tuple(
    ...all.map((each) =>
      fc
        .subarray(Object.keys(each))
        .map((kept) => Object.fromEntries(kept.map((path) => [path, each[path]!]))),
    ),
  );
}
