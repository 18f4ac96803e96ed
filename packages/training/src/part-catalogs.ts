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

import { collectCustomTypes } from "./custom-types.ts";

/** A catalog to which custom parts can be added, and the kind of its entries. */
export interface CustomizableCatalog<Entry extends Definition> {
  readonly kind: DefinitionKind<Entry>;
  /** The built-in entries. */
  readonly entries: ReadonlyMap<string, Entry>;
}

/** The catalogs of the parts of a trial. Custom parts can be added to them. */
export const partCatalogs = {
  layers: open(layerKind, layers),
  losses: open(lossKind, losses),
  optimizers: open(optimizerKind, optimizers),
  schedules: open(scheduleKind, schedules),
  initializers: open(initializerKind, initializers),
  augmentations: open(augmentationKind, augmentations),
};

function open<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  entries: ReadonlyMap<string, Entry>,
): CustomizableCatalog<Entry> {
  return { kind, entries };
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
  const withCustom = async <Entry extends Definition>({
    kind,
    entries,
  }: CustomizableCatalog<Entry>): Promise<ReadonlyMap<string, Entry>> => {
    if (paths.length === 0) return entries;
    const all = new Map(entries);
    for (const path of paths) {
      const definition = await findDefinition(kind, resolve(folder, path));
      if (definition !== undefined) all.set(path, definition);
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
