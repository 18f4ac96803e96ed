import { readdirSync, readFileSync } from "node:fs";

import { layers } from "@nn/layers";
import { expect, test } from "vitest";

import { toleranceExceptions } from "./golden-comparison.ts";

const folder = new URL("../golden/", import.meta.url);

/** One configuration that a script in golden/ computed with PyTorch. */
interface GoldenCase {
  readonly type: string;
  readonly options: unknown;
  readonly inputShape?: readonly number[];
  readonly input?: readonly number[];
  readonly seen?: Readonly<Record<string, readonly number[]>>;
}

/** Other files have no `cases`, or cases without a layer. */
const cases = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .flatMap(
    (name): readonly GoldenCase[] => JSON.parse(readFileSync(new URL(name, folder), "utf8")).cases ?? [],
  )
  .filter(({ type }) => layers.has(type));

test.each([...layers.keys()])("%s is compared with PyTorch in at least three configurations", (type) => {
  const different = new Set(
    cases
      .filter((each) => each.type === type && Object.keys(each.seen ?? {}).length > 0)
      .map(({ options, inputShape, input }) => JSON.stringify([options, inputShape ?? input])),
  );
  expect(different.size).toBeGreaterThanOrEqual(3);
});

test("exceptions exist only for arrays that are compared", () => {
  const compared = new Set(
    cases.flatMap(({ type, seen = {} }) => Object.keys(seen).map((name) => `${type} ${name}`)),
  );
  const excepted = Object.entries(toleranceExceptions).flatMap(([type, names]) =>
    Object.keys(names).map((name) => `${type} ${name}`),
  );
  expect(excepted.filter((each) => !compared.has(each))).toEqual([]);
});
