import { checkSpec, type LoadedSpec } from "../checks/check-spec.ts";
import { placeOf, type Located } from "../yaml/located.ts";
import { placeOfAssignment } from "../yaml/override.ts";
import { formatPath } from "@nn/training";
import type { Span } from "../yaml/source.ts";
import type { SpecError } from "../checks/check-trial.ts";

/** What blame is found with. */
export interface CauseCandidates {
  readonly root: Located;
  readonly file: string;
  /** `path=value` each, in their order. */
  readonly set: readonly string[];
  /** The experiment with the first `count` of them. */
  readWithFirst(count: number): Promise<LoadedSpec>;
}

/**
 * Where to show a specError: at its own value, unless that stands in the file and was right there. Then it is
 * the first `--set` with which the specError is there.
 */
export async function locateCause({ path }: SpecError, suspects: CauseCandidates): Promise<Span> {
  const { root, file, set } = suspects;
  const { key, value } = placeOf(root, path);
  const own = value.kind === "scalar" ? value.span : key;
  if (own.source.kind === "argument") return own;

  const name = formatPath(path);
  for (const [count, assignment] of ["", ...set].entries()) {
    const isLast = count === set.length;
    const reading = isLast ? undefined : await suspects.readWithFirst(count);
    const isThere =
      reading !== undefined && checkSpec(reading).some((each) => formatPath(each.path) === name);
    if (isThere || isLast) return count === 0 ? own : placeOfAssignment(assignment, file);
  }
  return own;
}
