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

/** Pruners by type name. */
export type PrunerCatalog = ReadonlyMap<string, PrunerDefinition>;

/**
 * All that is wrong with a pruner for this course beyond its schema. Paths lead from the `pruner` block.
 * `catalog`: the pruners that there are, here and below; the built-in ones unless given.
 */
export function checkPruner(
  { type, ...options }: PrunerBlock,
  course: PruningContext,
  catalog: PrunerCatalog = pruners,
): Problem[] {
  return prunerOf(type, catalog).check(options, course);
}

/** The pruner of a sweep, which has been told nothing yet, after `checkPruner` found nothing wrong. */
export function createPruner(
  { type, ...options }: PrunerBlock,
  course: PruningContext,
  catalog: PrunerCatalog = pruners,
): Pruner {
  return prunerOf(type, catalog).create(options, course);
}

/** Whether what the pruner of that type says of a configuration may depend on later ones. */
export function needsLater(type: string, catalog: PrunerCatalog = pruners): boolean {
  return prunerOf(type, catalog).needsLater === true;
}

/** An unknown type is not for people to see: the schema lists the types. */
function prunerOf(type: string, catalog: PrunerCatalog): PrunerDefinition {
  const pruner = catalog.get(type);
  if (pruner !== undefined) return pruner;
  throw new RangeError(`no pruner of type "${type}"; there are ${[...catalog.keys()].join(", ")}`);
}
