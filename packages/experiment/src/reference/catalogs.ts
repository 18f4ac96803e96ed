import { initializers, layers, losses, optimizers, schedules, type LayerDefinition } from "@nn/layers";
import { augmentations, datasets } from "@nn/mnist";
import { pruners, samplers, typedSchemas } from "@nn/sweep";
import { weightAverages } from "@nn/training";

import { executors } from "../schema/executors.ts";
import { loggers } from "../schema/loggers.ts";
import type { CatalogEntry } from "../schema/schema.ts";

/** The fields of a definition that the reference uses. */
export type DocumentedEntry = Partial<CatalogEntry> & Partial<Pick<LayerDefinition, "shapes">>;

/** A catalog: the entries that are allowed at a key of the experiment file. Each catalog has its own page. */
export interface Catalog {
  /** File name of the catalog's page, without extension. */
  readonly page: string;
  /** Heading of the page. */
  readonly title: string;
  /** The key at which the entries are documented. Other keys that allow these entries refer to it. */
  readonly home: string;
  readonly entries: ReadonlyMap<string, DocumentedEntry>;
  /** Returns the file that defines an entry, relative to the root of the project. */
  source(type: string): string;
}

/** The name of the list domain, which has no `type`. */
export const LIST_DOMAIN = "list";

const inFolder = (folder: string) => (type: string) => `packages/${folder}/${type}.ts`;

/**
 * The domains of a swept parameter, with an example line of YAML for each. They are schemas, not definitions.
 */
const domains = new Map<string, DocumentedEntry>(
  Object.entries({
    [LIST_DOMAIN]: "optimizer.learningRate: [0.03, 0.1, 0.3]",
    float: "optimizer.learningRate: { type: float, min: 0.001, max: 0.1, scale: log }",
    int: "model.layers[1].units: { type: int, min: 16, max: 128, scale: log }",
    bool: "training.shuffle: { type: bool }",
    choice: "optimizer: [{ type: sgd, momentum: { type: choice, values: [0, 0.9] } }]",
  } satisfies Record<typeof LIST_DOMAIN | keyof typeof typedSchemas, string>).map(([type, example]) => [
    type,
    { example },
  ]),
);

/** The catalogs by the title of their block in the schema, in the order of the file. */
export const catalogs: ReadonlyMap<string, Catalog> = new Map<string, Catalog>([
  [
    "dataset",
    {
      page: "datasets",
      title: "Data sets",
      home: "dataset",
      entries: datasets,
      source: inFolder("mnist/src/datasets"),
    },
  ],
  [
    "augmentation",
    {
      page: "augmentations",
      title: "Augmentations",
      home: "augment",
      entries: augmentations,
      source: inFolder("mnist/src/augment"),
    },
  ],
  [
    "initializer",
    {
      page: "initializers",
      title: "Initializers",
      home: "model.initializer",
      entries: initializers,
      source: inFolder("layers/src/initializers"),
    },
  ],
  [
    "layer",
    {
      page: "layers",
      title: "Layers",
      home: "model.layers",
      entries: layers,
      source: inFolder("layers/src/layers"),
    },
  ],
  [
    "loss",
    {
      page: "losses",
      title: "Losses",
      home: "loss",
      entries: losses,
      source: inFolder("layers/src/losses"),
    },
  ],
  [
    "optimizer",
    {
      page: "optimizers",
      title: "Optimizers",
      home: "optimizer",
      entries: optimizers,
      source: inFolder("layers/src/optimizers"),
    },
  ],
  [
    "schedule",
    {
      page: "schedules",
      title: "Learning rate schedules",
      home: "schedule",
      entries: schedules,
      source: inFolder("layers/src/schedules"),
    },
  ],
  [
    "average",
    {
      page: "averages",
      title: "Weight averages",
      home: "training.average",
      entries: weightAverages,
      source: () => "packages/training/src/step/weight-averages.ts",
    },
  ],
  [
    "sampler",
    {
      page: "samplers",
      title: "Samplers",
      home: "sweep.sampler",
      entries: samplers,
      source: inFolder("sweep/src/samplers"),
    },
  ],
  [
    "pruner",
    {
      page: "pruners",
      title: "Pruners",
      home: "sweep.pruner",
      entries: pruners,
      source: inFolder("sweep/src/pruners"),
    },
  ],
  [
    "domain",
    {
      page: "parameters",
      title: "Swept parameters",
      home: "sweep.parameters",
      entries: domains,
      source: () => "packages/sweep/src/space/domain.ts",
    },
  ],
  [
    "logger",
    {
      page: "loggers",
      title: "Loggers",
      home: "loggers",
      entries: loggers,
      source: () => "packages/experiment/src/schema/loggers.ts",
    },
  ],
  [
    "executor",
    {
      page: "executors",
      title: "Executors",
      home: "executor",
      entries: executors,
      source: () => "packages/experiment/src/schema/executors.ts",
    },
  ],
]);

/** Returns the catalog of a block with this title. */
export function findCatalogByTitle(title: string | undefined): Catalog | undefined {
  // Test-time augmentation allows some of the augmentations.
  return catalogs.get(title === "augmentation of a single image" ? "augmentation" : (title ?? ""));
}
