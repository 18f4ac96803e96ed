import { pruners } from "./catalog.ts";
import type { Problem } from "./problem.ts";
import type { PruningContext, Pruner, PrunerDefinition } from "./pruner.ts";

/**
 * The `pruner` of an experiment's `sweep` block. `type` names an entry of `pruners`; the other keys are its
 * options.
 */
export interface PrunerBlock {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** Pruners by type name. */
export type PrunerCatalog = ReadonlyMap<string, PrunerDefinition>;

/**
 * Returns the problems of a `pruner` block that its schema cannot detect. Paths start at the `pruner` block.
 * `catalog` holds the available pruners; by default, the built-in ones.
 */
export function checkPruner(
  { type, ...options }: PrunerBlock,
  context: PruningContext,
  catalog: PrunerCatalog = pruners,
): Problem[] {
  return prunerOf(type, catalog).check(options, context);
}

/** Creates the pruner of a sweep. The block must have passed `checkPruner`. */
export function createPruner(
  { type, ...options }: PrunerBlock,
  context: PruningContext,
  catalog: PrunerCatalog = pruners,
): Pruner {
  return prunerOf(type, catalog).create(options, context);
}

/** Whether decisions of pruners of this type may depend on later configurations. */
export function dependsOnLaterConfigurations(type: string, catalog: PrunerCatalog = pruners): boolean {
  return prunerOf(type, catalog).dependsOnLaterConfigurations === true;
}

/**
 * Returns the pruner of a type. Throws RangeError for an unknown type; users never see this error, because
 * the schema lists the types.
 */
function prunerOf(type: string, catalog: PrunerCatalog): PrunerDefinition {
  const pruner = catalog.get(type);
  if (pruner !== undefined) return pruner;
  throw new RangeError(`no pruner of type "${type}"; there are ${[...catalog.keys()].join(", ")}`);
}
