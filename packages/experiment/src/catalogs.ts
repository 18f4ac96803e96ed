import { importDefinition, type Definition } from "@nn/catalog";
import { prunerKind, pruners, samplerKind, samplers } from "@nn/sweep";
import { partCatalogs, type CatalogEntries, type CustomizableCatalog } from "@nn/training";

import { wrapCustomPart } from "./errors/custom-part-error.ts";
import { wrapCustomPruner, wrapCustomSampler } from "./sweep/custom-sweep-parts.ts";

/** The catalogs to which custom parts can be added, one per kind of custom part. */
export const customizableCatalogs = {
  ...partCatalogs,
  samplers: { kind: samplerKind, entries: samplers },
  pruners: { kind: prunerKind, entries: pruners },
};

/** The name of a catalog that can have custom parts: `layers`, `optimizers`, … */
export type CatalogName = keyof typeof customizableCatalogs;

/** All entries that an experiment can use, by catalog. The key of a custom part is its path. */
export type Catalogs = CatalogEntries<typeof customizableCatalogs>;

/** The catalogs without custom parts. */
export const builtInCatalogs: Catalogs = extendCatalogs().catalogs;

/** Returns whether custom parts can be added to a schema's `catalog`. */
export function isCustomizable(name: string | undefined): name is CatalogName {
  return name !== undefined && Object.hasOwn(customizableCatalogs, name);
}

/**
 * Returns the catalog whose noun is the start of `noun`: `layers` for "layer", `augmentations` for
 * "augmentation of a single image".
 */
export function findCustomizableCatalog(noun: string): CatalogName | undefined {
  return Object.keys(customizableCatalogs)
    .filter(isCustomizable)
    .find((name) => noun.startsWith(customizableCatalogs[name].kind.noun));
}

/** Catalogs to which files can add entries. */
export interface CatalogRegistry {
  readonly catalogs: Catalogs;
  /**
   * Adds the definition that a file exports, as the entry `key`. If loading or `check` fails, throws
   * DefinitionFileError or the error of `check`, and adds nothing.
   */
  readonly load: (
    catalog: CatalogName,
    key: string,
    path: string,
    check: (definition: Definition) => void,
  ) => Promise<void>;
}

/** Returns copies of the built-in catalogs to which entries can be added. */
export function extendCatalogs(): CatalogRegistry {
  const growing = {
    // Layers are not wrapped: the caller adds the position in the network to errors of their functions.
    layers: extendCatalog(customizableCatalogs.layers, (layer) => layer),
    losses: extendCatalog(customizableCatalogs.losses),
    optimizers: extendCatalog(customizableCatalogs.optimizers),
    schedules: extendCatalog(customizableCatalogs.schedules),
    initializers: extendCatalog(customizableCatalogs.initializers),
    augmentations: extendCatalog(customizableCatalogs.augmentations),
    samplers: extendCatalog(customizableCatalogs.samplers, wrapCustomSampler),
    pruners: extendCatalog(customizableCatalogs.pruners, wrapCustomPruner),
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

function extendCatalog<Entry extends Definition>(
  catalog: CustomizableCatalog<Entry>,
  guard: (definition: Entry, part: string) => Entry = wrapCustomPart,
) {
  const { kind, entries } = catalog;
  const all = new Map(entries);
  return {
    entries: all,
    async load(key: string, path: string, check: (definition: Definition) => void): Promise<void> {
      const definition = await importDefinition(kind, path);
      check(definition);
      const part = `${kind.noun} ${key}`;
      all.set(key, guard(catalog.checkResults?.(definition, part) ?? definition, part));
    },
  };
}
