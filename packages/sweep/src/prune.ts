import { pruners } from "./catalog.ts";
import type { Problem } from "./problem.ts";
import type { PruningContext, Pruner, PrunerDefinition } from "./pruner.ts";

/**
 * The `pruner` of an experiment's `sweep` block: `type` names an entry of `pruners`; the rest are its
 * options.
 */
export interface PrunerBlock {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** All that is wrong with a pruner for this course beyond its schema. Paths lead from the `pruner` block. */
export function checkPruner({ type, ...options }: PrunerBlock, course: PruningContext): Problem[] {
  return prunerOf(type).check(options, course);
}

/** The pruner of a sweep, which has been told nothing yet, after `checkPruner` found nothing wrong. */
export function createPruner({ type, ...options }: PrunerBlock, course: PruningContext): Pruner {
  return prunerOf(type).create(options, course);
}

/** Whether what the pruner of that type says of a configuration may depend on later ones. */
export function needsLater(type: string): boolean {
  return prunerOf(type).needsLater === true;
}

/** An unknown type is not for people to see: the schema lists the types. */
function prunerOf(type: string): PrunerDefinition {
  const pruner = pruners.get(type);
  if (pruner !== undefined) return pruner;
  throw new RangeError(`no pruner of type "${type}"; there are ${[...pruners.keys()].join(", ")}`);
}
