import { findDefinition, type Definition, type DefinitionKind } from "@nn/catalog";
import {
  initializerKind,
  initializers,
  layerKind,
  layers,
  lossKind,
  losses,
  optimizerKind,
  optimizers,
  scheduleKind,
  schedules,
} from "@nn/layers";
import { augmentationKind, augmentations } from "@nn/mnist";
import { resolve } from "@nn/platform/path";

import {
  checkAugmentationResults,
  checkInitializerResults,
  checkLossResults,
  checkOptimizerResults,
  checkScheduleResults,
} from "./custom/check-custom-results.ts";
import { collectCustomTypes } from "./custom/custom-types.ts";

/** A catalog to which custom parts can be added, and the kind of its entries. */
export interface CustomizableCatalog<Entry extends Definition> {
  readonly kind: DefinitionKind<Entry>;
  /** The built-in entries. */
  readonly entries: ReadonlyMap<string, Entry>;
  /**
   * Returns a custom part that throws CustomResultError instead of returning an invalid value. `part` is its
   * noun and path. Default: the part itself.
   */
  checkResults?(definition: Entry, part: string): Entry;
}

/** The catalogs of the parts of a trial. Custom parts can be added to them. */
export const partCatalogs = {
  layers: open(layerKind, layers),
  losses: open(lossKind, losses, checkLossResults),
  optimizers: open(optimizerKind, optimizers, checkOptimizerResults),
  schedules: open(scheduleKind, schedules, checkScheduleResults),
  initializers: open(initializerKind, initializers, checkInitializerResults),
  augmentations: open(augmentationKind, augmentations, checkAugmentationResults),
};

function open<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  entries: ReadonlyMap<string, Entry>,
  checkResults?: (definition: Entry, part: string) => Entry,
): CustomizableCatalog<Entry> {
  return { kind, entries, ...(checkResults && { checkResults }) };
}

/**
 * Custom part → the same part with checked results. A part is always replaced by the same object, by which
 * the cache of initial weights recognizes an initializer.
 */
const checkedParts = new WeakMap<Definition, Definition>();

function checkOnce<Entry extends Definition>(
  catalog: CustomizableCatalog<Entry>,
  definition: Entry,
  path: string,
): Entry {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this function has put it there
  const known = checkedParts.get(definition) as Entry | undefined;
  if (known !== undefined) return known;
  const checked = catalog.checkResults?.(definition, `${catalog.kind.noun} ${path}`) ?? definition;
  checkedParts.set(definition, checked);
  return checked;
}

/** The entries of these catalogs by type. The type of a custom part is its path. */
export type CatalogEntries<Catalogs extends Readonly<Record<string, CustomizableCatalog<Definition>>>> = {
  readonly [Name in keyof Catalogs]: Catalogs[Name]["entries"];
};

/** The entries that the blocks of a trial can name, by catalog. */
export type PartCatalogs = CatalogEntries<typeof partCatalogs>;

/**
 * Returns the catalogs of a trial, including the custom parts that its spec names. `folder` is the folder of
 * the experiment file, to which their paths are relative. Throws DefinitionFileError for a file that cannot
 * be loaded. Does not check the kind of a part, because `loadExperiment` has checked it.
 */
export async function loadPartCatalogs(spec: object, folder: string): Promise<PartCatalogs> {
  const paths = [...new Set(collectCustomTypes(spec))];
  const withCustom = async <Entry extends Definition>(
    catalog: CustomizableCatalog<Entry>,
  ): Promise<ReadonlyMap<string, Entry>> => {
    const { kind, entries } = catalog;
    if (paths.length === 0) return entries;
    const all = new Map(entries);
    for (const path of paths) {
      const definition = await findDefinition(kind, resolve(folder, path));
      if (definition !== undefined) all.set(path, checkOnce(catalog, definition, path));
    }
    return all;
  };
  return {
    layers: await withCustom(partCatalogs.layers),
    losses: await withCustom(partCatalogs.losses),
    optimizers: await withCustom(partCatalogs.optimizers),
    schedules: await withCustom(partCatalogs.schedules),
    initializers: await withCustom(partCatalogs.initializers),
    augmentations: await withCustom(partCatalogs.augmentations),
  };
}
