import { checkSpec, type LoadedSpec } from "../checks/check-spec.ts";
import { findNearestNode, type Located } from "../yaml/located.ts";
import { getAssignmentSpan } from "../yaml/override.ts";
import { formatPath } from "@nn/training";
import type { Span } from "../yaml/source.ts";
import type { SpecError } from "../checks/check-trial.ts";

/** The possible causes of a mistake: the experiment and the `--set` assignments. */
export interface CauseCandidates {
  readonly root: Located;
  readonly file: string;
  /** The `path=value` assignments, in order. */
  readonly set: readonly string[];
  /** Reads the experiment with only the first `count` assignments. */
  readWithFirst(count: number): Promise<LoadedSpec>;
}

/**
 * Returns the position at which to report a mistake. If the value is in the file and was valid without
 * assignments, this is the first `--set` that causes the mistake. Otherwise it is the position of the value
 * itself.
 */
export async function locateCause({ path }: SpecError, suspects: CauseCandidates): Promise<Span> {
  const { root, file, set } = suspects;
  const { key, value } = findNearestNode(root, path);
  const own = value.kind === "scalar" ? value.span : key;
  if (own.source.kind === "argument") return own;

  const name = formatPath(path);
  for (const [count, assignment] of ["", ...set].entries()) {
    const isLast = count === set.length;
    const loaded = isLast ? undefined : await suspects.readWithFirst(count);
    const isThere = loaded !== undefined && checkSpec(loaded).some((each) => formatPath(each.path) === name);
    if (isThere || isLast) return count === 0 ? own : getAssignmentSpan(assignment, file);
  }
  return own;
}
