import { importDefinition, type Definition } from "@nn/catalog";
import { prunerKind, pruners, samplerKind, samplers } from "@nn/sweep";
import { trialCatalogs, type EntriesOf, type OpenCatalog } from "@nn/training";

import { guarded } from "./errors/custom-part-error.ts";

/** The catalogs that custom parts extend: one per kind of custom part. */
export const openCatalogs = {
  ...trialCatalogs,
  samplers: { kind: samplerKind, entries: samplers },
  pruners: { kind: prunerKind, entries: pruners },
};

/** The name of an open catalog: `layers`, `optimizers`, … */
export type CatalogName = keyof typeof openCatalogs;

/**
 * The entries that the blocks of an experiment may name, by catalog: built-in ones, and custom ones by path.
 */
export type Catalogs = EntriesOf<typeof openCatalogs>;

/** The catalogs without custom parts. */
export const builtIn: Catalogs = extendCatalogs().catalogs;

/** Whether a schema's `catalog` is open to custom parts. */
export function isOpen(name: string | undefined): name is CatalogName {
  return name !== undefined && Object.hasOwn(openCatalogs, name);
}

/**
 * Returns the catalog with whose noun this one begins: `layers` for "layer", `augmentations` for
 * "augmentation of one image alone".
 */
export function openCatalogNamed(noun: string): CatalogName | undefined {
  return Object.keys(openCatalogs)
    .filter(isOpen)
    .find((name) => noun.startsWith(openCatalogs[name].kind.noun));
}

/** Catalogs to which files can add entries. */
export interface GrowingCatalogs {
  readonly catalogs: Catalogs;
  /**
   * Adds the definition that a file exports, as the entry `key`. Throws DefinitionFileError, or the error of
   * `check`, without adding it.
   */
  readonly load: (
    catalog: CatalogName,
    key: string,
    path: string,
    check: (definition: Definition) => void,
  ) => Promise<void>;
}

/** Copies the built-in catalogs, so that entries can be added. */
export function extendCatalogs(): GrowingCatalogs {
  const growing = {
    // Errors of a layer's functions get its place in the network where they are called.
    layers: grow(openCatalogs.layers, (layer) => layer),
    losses: grow(openCatalogs.losses),
    optimizers: grow(openCatalogs.optimizers),
    schedules: grow(openCatalogs.schedules),
    initializers: grow(openCatalogs.initializers),
    augmentations: grow(openCatalogs.augmentations),
    samplers: grow(openCatalogs.samplers),
    pruners: grow(openCatalogs.pruners),
  } satisfies Record<CatalogName, unknown>;
  const { layers, losses, optimizers, schedules, initializers, augmentations } = growing;
  return {
    catalogs: {
      layers: layers.entries,
      losses: losses.entries,
      optimizers: optimizers.entries,
      schedules: schedules.entries,
      initializers: initializers.entries,
      augmentations: augmentations.entries,
      samplers: growing.samplers.entries,
      pruners: growing.pruners.entries,
    },
    load: (catalog, key, path, check) => growing[catalog].load(key, path, check),
  };
}

function grow<Entry extends Definition>(
  { kind, entries }: OpenCatalog<Entry>,
  guard: (definition: Entry, part: string) => Entry = guarded,
) {
  const all = new Map(entries);
  return {
    entries: all,
    async load(key: string, path: string, check: (definition: Definition) => void): Promise<void> {
      const definition = await importDefinition(kind, path);
      check(definition);
      all.set(key, guard(definition, `${kind.noun} ${key}`));
    },
  };
}
