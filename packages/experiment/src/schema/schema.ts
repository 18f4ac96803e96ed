import type { Definition } from "@nn/layers";
import { datasets } from "@nn/mnist";
import { CUSTOM_TYPE_PATTERN, weightAverages, isCustomType, type PartSpec } from "@nn/training";
import { Type } from "typebox";

import {
  builtInCatalogs,
  isCustomizable,
  customizableCatalogs,
  type CatalogName,
  type Catalogs,
} from "../catalogs.ts";
import { budgetSchema } from "./budget.ts";
import { createDomainSchema } from "./domain-schema.ts";
import { executors } from "./executors.ts";
import { byType, makeDefaultsOptional, toPlainSchema, type JsonSchema } from "./json-schema.ts";
import { keepSchema } from "./keep.ts";
import { loggers } from "./loggers.ts";
import { optionalTrainingKeys } from "./training-block.ts";

/** The fields of a catalog entry that the schema uses. */
export type CatalogEntry = Pick<
  Definition,
  "type" | "description" | "options" | "formula" | "example" | "paper"
>;

/** The largest seed of a trial: seeds are 32-bit numbers. */
export const MAX_SEED = 2 ** 32 - 1;

/** The metrics by which a sweep can rank trials. The test set is never used for model selection. */
const METRICS = ["validation.accuracy", "validation.loss", "train.accuracy", "train.loss"] as const;

/**
 * Returns the schema of an experiment file, assembled from these catalogs. The keys of custom parts are their
 * paths.
 */
export function createExperimentSchema(catalogs: Catalogs = builtInCatalogs): JsonSchema {
  // Cached, because assembling takes time and the built-in catalogs do not change.
  if (catalogs === builtInCatalogs) return (ofBuiltIn ??= assembleSchema(catalogs));
  return assembleSchema(catalogs);
}

let ofBuiltIn: JsonSchema | undefined;

function assembleSchema(catalogs: Catalogs): JsonSchema {
  const part: PartSchema = (...named) => createPartSchema(catalogs, ...named);
  const properties = {
    name: Type.String({
      // These names would make the folder of all results look like that of an experiment or of a run.
      pattern: String.raw`^(?!(latest|journal\.jsonl)$)[a-z0-9][a-z0-9._-]*$`,
      maxLength: 100,
      description: "Name of the experiment and of its results folder, results/<name>/.",
    }),
    description: Type.Optional(
      Type.String({
        description: "The purpose of this experiment, for readers. It does not affect the results.",
      }),
    ),
    seed: Type.Integer({
      minimum: 0,
      maximum: MAX_SEED,
      default: 1,
      description: "Seed of all random numbers. The same seed gives the same bytes.",
    }),
    repeats: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 1,
      description:
        "Number of seeds per configuration: seed, seed + 1, …. Standard deviations and tests need at least two.",
    }),
    dataset: choice("dataset", "The data set of images.", datasets),
    augment: Type.Optional(
      Type.Array(part("augmentations", "One augmentation."), {
        description:
          "Random changes of the training images, applied in order and drawn again in each epoch. " +
          "Validation and test images do not change.",
      }),
    ),
    model: Type.Object(
      {
        initializer: part("initializers", "How weights are initialized.", {
          default: { type: "he" },
        }),
        layers: Type.Array(part("layers", "One layer."), {
          minItems: 1,
          description:
            "The layers, in order. The first layer gets the images. Each other layer gets the output of the layer " +
            "before it.",
        }),
      },
      { description: "The network." },
    ),
    loss: part("losses", "The loss function that training minimizes.", {
      default: { type: "cross-entropy" },
    }),
    optimizer: part("optimizers", "The optimizer, which updates the weights from their gradients."),
    schedule: part("schedules", "How the learning rate changes during training.", {
      default: { type: "constant" },
    }),
    training: Type.Object(
      {
        epochs: Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          description: "Number of epochs. An epoch is one pass over all training images.",
        }),
        batchSize: Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          default: 100,
          description: "Number of images per batch.",
        }),
        shuffle: Type.Boolean({
          default: true,
          description: "Whether to shuffle the training images before each epoch.",
        }),
        ...optionalTrainingKeys,
        average: Type.Optional(
          choice(
            "average",
            "An average of the weights that is evaluated and saved instead of the trained weights.",
            weightAverages,
          ),
        ),
      },
      { description: "How the network is trained." },
    ),
    evaluation: Type.Optional(
      Type.Object(
        {
          views: Type.Integer({
            minimum: 2,
            maximum: 1000,
            default: 8,
            description: "Number of views of each image, including the image itself.",
          }),
          augment: Type.Array(
            part("augmentations", "One augmentation.", {
              title: "augmentation of a single image",
              // A view has the label of its image.
              without: ({ mixes }) => mixes === true,
            }),
            {
              minItems: 1,
              description:
                "The random changes that create the other views, applied in order. Augmentations that mix " +
                "images are not allowed.",
            },
          ),
        },
        {
          description:
            "Test-time augmentation: each validation and test image is classified by the mean output over " +
            "several views of it.",
        },
      ),
    ),
    sweep: Type.Optional(
      Type.Object(
        {
          sampler: part("samplers", "The sampler, which proposes the values to try."),
          pruner: Type.Optional(part("pruners", "The pruner, which stops unpromising configurations early.")),
          budget: Type.Optional(budgetSchema),
          metric: Type.Enum([...METRICS], {
            default: "validation.accuracy",
            description:
              "The metric by which trials are ranked. The test set is never used for model selection.",
          }),
          goal: Type.Optional(
            Type.Enum(["maximize", "minimize"], {
              description:
                "Whether to maximize or minimize the metric. Default: maximize an accuracy, minimize a loss.",
            }),
          ),
          constraints: Type.Optional(
            Type.Array(Type.String(), {
              minItems: 1,
              description:
                'Comparisons that every trial must satisfy, such as "model.layers[1].units >= ' +
                'model.layers[3].units". They can use model.parameters and model.multiplyAdds, the size of the ' +
                "network. If a trial does not have a path, comparisons with this path are satisfied.",
            }),
          ),
          parameters: Type.Object(
            {},
            {
              minProperties: 1,
              description:
                "The parameters to sweep: dotted paths into this file, such as optimizer.learningRate, " +
                "each with the values to try.",
              additionalProperties: Type.Unsafe(createDomainSchema()),
            },
          ),
        },
        { description: "Trains many trials instead of one, with different values of some parameters." },
      ),
    ),
    keep: Type.Optional(keepSchema),
    loggers: Type.Optional(
      Type.Array(choice("logger", "One logger.", loggers), {
        description:
          "Additional formats in which the run writes its results during training. They do not change the " +
          "results and are not part of the fingerprint.",
      }),
    ),
    executor: Type.Optional(
      choice(
        "executor",
        "Where trials are trained. Default: { type: pool }. This does not change the results and is not " +
          "part of the fingerprint.",
        executors,
      ),
    ),
  };
  return makeDefaultsOptional(toPlainSchema(Type.Object(properties, { description: "An experiment." })));
}

/**
 * Returns the schema of one entry of a catalog, with its options beside its `type`. The `type` determines the
 * allowed options, so errors concern only this entry.
 */
function choice(
  title: string,
  description: string,
  catalog: ReadonlyMap<string, CatalogEntry>,
): ReturnType<typeof Type.Unsafe<PartSpec>> {
  return Type.Unsafe<PartSpec>({
    title,
    description,
    ...createChoiceSchema(title, catalog, createEntrySchema),
  });
}

interface PartOptions {
  readonly default?: PartSpec;
  /** Name of an entry in messages, if only part of the catalog is allowed. */
  readonly title?: string;
  /** Returns whether an entry is not allowed here. */
  readonly without?: (entry: CatalogEntry & { readonly mixes?: boolean }) => boolean;
}

type PartSchema = (
  name: CatalogName,
  description: string,
  options?: PartOptions,
) => ReturnType<typeof Type.Unsafe<PartSpec>>;

/**
 * Returns the schema of one entry of a catalog that can have custom parts: `type` is a known entry or the
 * path of a file. A layer may contain layers, so its schema is recursive. It is stored under `definitions`
 * and referenced by name (see definitions.ts).
 */
function createPartSchema(
  catalogs: Catalogs,
  name: CatalogName,
  description: string,
  {
    default: fallback,
    title = customizableCatalogs[name].kind.noun,
    without = () => false,
  }: PartOptions = {},
): ReturnType<typeof Type.Unsafe<PartSpec>> {
  const all: ReadonlyMap<string, CatalogEntry> = catalogs[name];
  const entries = new Map([...all].filter(([, entry]) => !without(entry)));
  const excluded = [...all.keys()].filter((type) => isCustomType(type) && !entries.has(type));
  const file = {
    type: "string",
    pattern: CUSTOM_TYPE_PATTERN,
    ...(excluded.length > 0 && { not: { enum: excluded } }),
  };
  return Type.Unsafe<PartSpec>({
    ...(name === "layers" && { definition: "layer" }),
    catalog: name,
    title,
    description,
    ...(fallback !== undefined && { default: fallback }),
    ...createChoiceSchema(title, entries, (type, entry) => createEntrySchema(type, entry, catalogs), file),
  });
}

/** `file` is the schema of other allowed values of `type`, if there are any. */
function createChoiceSchema(
  title: string,
  entries: ReadonlyMap<string, CatalogEntry>,
  schema: (type: string, entry: CatalogEntry) => JsonSchema,
  file?: JsonSchema,
): JsonSchema {
  const description = [...entries].map(([type, entry]) => `- ${type}: ${entry.description}`).join("\n");
  const known: JsonSchema = { enum: [...entries.keys()] };
  return byType(
    { title, description, ...(file === undefined ? known : { anyOf: [known, file] }) },
    [...entries].map(([type, entry]) => [type, schema(type, entry)] as const),
  );
}

/**
 * Returns the schema of a catalog entry's options, which are written beside its `type`. `catalogs` provides
 * the entries for options whose values are catalog entries.
 */
export function getEntrySchema({ options }: CatalogEntry, catalogs: Catalogs = builtInCatalogs): JsonSchema {
  const written = makeDefaultsOptional(toPlainSchema(options));
  const properties = Object.entries(written.properties ?? {}).map(
    ([key, each]) => [key, resolveCatalogs(each, catalogs)] as const,
  );
  return { ...written, properties: Object.fromEntries(properties) };
}

/** Fills in the schema of an option whose values are catalog entries, such as initializers or layers. */
function resolveCatalogs(schema: JsonSchema, catalogs: Catalogs): JsonSchema {
  const { catalog, items, description = "" } = schema;
  if (isCustomizable(catalog)) return toPlainSchema(createPartSchema(catalogs, catalog, description));
  if (items === undefined) return schema;
  if (items.catalog !== "layers") return { ...schema, items: resolveCatalogs(items, catalogs) };
  let layer: JsonSchema | undefined;
  return {
    ...schema,
    // Created on demand, because the schema of a layer that contains layers contains this schema.
    get items() {
      layer ??= toPlainSchema(createPartSchema(catalogs, "layers", "One layer."));
      return layer;
    },
  };
}

function createEntrySchema(
  type: string,
  entry: CatalogEntry,
  catalogs: Catalogs = builtInCatalogs,
): JsonSchema {
  const { description } = entry;
  const written = getEntrySchema(entry, catalogs);
  return {
    ...written,
    description,
    properties: { type: { const: type, description }, ...written.properties },
    required: ["type", ...(written.required ?? [])],
    additionalProperties: false,
  };
}
