import { initializers, layers, losses, optimizers, schedules, type Definition } from "@nn/layers";
import { augmentations, datasets } from "@nn/mnist";
import { domainDescription, listSchema, pruners, samplers, typedSchemas } from "@nn/sweep";
import { CUSTOM_FILE, averages, type Choice } from "@nn/training";
import { Type, type TSchema } from "typebox";

import { budgetSchema } from "./budget.ts";
import { executors } from "./executors.ts";
import { withOptionalDefaults, conditional, type JsonSchema } from "./json-schema.ts";
import { trainingExtras } from "./training-block.ts";

/** What an entry of any catalog shows of itself to the schema. */
export type CatalogEntry = Pick<Definition, "type" | "description" | "options">;

/** What a sweep may rank by. The test set is not among them: it chooses nothing. */
const METRICS = ["validation.accuracy", "validation.loss", "train.accuracy", "train.loss"] as const;

/** Augmentations of one image: a view has the label of its image. */
const withoutMixings = new Map([...augmentations].filter(([, { mixes }]) => mixes !== true));

/**
 * The schema of an experiment file, assembled from the catalogs. `customLayers` are layers from files, by the
 * path that names them.
 */
export function experimentSchema(customLayers: ReadonlyMap<string, CatalogEntry> = new Map()): JsonSchema {
  const properties = {
    name: Type.String({
      pattern: "^[a-z0-9][a-z0-9._-]*$",
      maxLength: 100,
      description: "Names the results folder: results/<name>/.",
    }),
    description: Type.Optional(Type.String({ description: "What this experiment asks, for people." })),
    seed: Type.Integer({
      minimum: 0,
      maximum: 2 ** 32 - 1,
      default: 1,
      description: "Where all random numbers begin: the same seed gives the same bytes.",
    }),
    repeats: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 1,
      description: "How often each trial is run, with seed, seed + 1, …: statistics need several.",
    }),
    dataset: choice("dataset", "The images to learn.", datasets),
    augment: Type.Optional(
      Type.Array(choice("augmentation", "One change.", augmentations), {
        description:
          "Random changes of the training images, one after the other, anew in each epoch; validation " +
          "and test images stay.",
      }),
    ),
    model: Type.Object(
      {
        initializer: choice("initializer", "How weights start.", initializers, { default: { type: "he" } }),
        layers: Type.Array(layerChoice(customLayers), {
          minItems: 1,
          description: "From the images to the outputs, each layer fed by the one above it.",
        }),
      },
      { description: "The network." },
    ),
    loss: choice("loss", "What training makes small.", losses, { default: { type: "cross-entropy" } }),
    optimizer: choice("optimizer", "How a step is made from the gradients.", optimizers),
    schedule: choice("schedule", "How the learning rate changes in the course of training.", schedules, {
      default: { type: "constant" },
    }),
    training: Type.Object(
      {
        epochs: Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          description: "How often training goes through all images.",
        }),
        batchSize: Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          default: 100,
          description: "Images to a step.",
        }),
        shuffle: Type.Boolean({ default: true, description: "Whether each epoch has an order of its own." }),
        ...trainingExtras,
        average: Type.Optional(
          choice("average", "Weights that are evaluated and saved instead of the trained ones.", averages),
        ),
      },
      { description: "How long and in which portions." },
    ),
    evaluation: Type.Optional(
      Type.Object(
        {
          views: Type.Integer({
            minimum: 2,
            maximum: 1000,
            default: 8,
            description: "How many views of each image, the image itself among them.",
          }),
          augment: Type.Array(choice("augmentation of one image alone", "One change.", withoutMixings), {
            minItems: 1,
            description:
              "The random changes that make the other views, one after the other; those that mix images " +
              "are not among them.",
          }),
        },
        {
          description:
            "Test-time augmentation: validation and test images are judged by the mean of the outputs " +
            "for several views of each.",
        },
      ),
    ),
    sweep: Type.Optional(
      Type.Object(
        {
          sampler: choice("sampler", "How values are picked from the parameters.", samplers),
          pruner: Type.Optional(
            choice("pruner", "What stops trials that are not worth the rest of their training.", pruners),
          ),
          budget: Type.Optional(budgetSchema),
          metric: Type.Enum([...METRICS], {
            default: "validation.accuracy",
            description: "What trials are ranked by. The test set chooses nothing.",
          }),
          goal: Type.Optional(
            Type.Enum(["maximize", "minimize"], {
              description: "Which end of the metric is good; an accuracy is maximized, a loss minimized.",
            }),
          ),
          constraints: Type.Optional(
            Type.Array(Type.String(), {
              minItems: 1,
              description:
                'Comparisons that every trial satisfies, such as "model.layers[1].units >= ' +
                'model.layers[3].units". They may name model.parameters and model.multiplyAdds, which ' +
                "are those of the network. One with a path that a trial does not have holds for it.",
            }),
          ),
          parameters: Type.Object(
            {},
            {
              minProperties: 1,
              description:
                "Dotted paths into this file, such as optimizer.learningRate, and what to try there.",
              additionalProperties: Type.Unsafe(domain()),
            },
          ),
        },
        { description: "Many trials instead of one, over the values of some parameters." },
      ),
    ),
    executor: Type.Optional(
      choice(
        "executor",
        "Where trials are trained. Changes no byte of the results, and is no part of the run's name.",
        executors,
      ),
    ),
  };
  return withOptionalDefaults(plain(Type.Object(properties, { description: "An experiment." })));
}

/**
 * One entry of a catalog, its options beside its `type`. `type` decides first which options hold, so that a
 * mistake is told about this entry and not about all of them.
 */
function choice(
  title: string,
  description: string,
  catalog: ReadonlyMap<string, CatalogEntry>,
  { own, default: fallback }: { own?: ReadonlyMap<string, CatalogEntry>; default?: Choice } = {},
): ReturnType<typeof Type.Unsafe<Choice>> {
  const entries = new Map<string, CatalogEntry>([...catalog, ...(own ?? [])]);
  const list = [...entries].map(([type, entry]) => `- ${type}: ${entry.description}`).join("\n");
  const known: JsonSchema = { enum: [...entries.keys()] };
  const type: JsonSchema = {
    title,
    description: list,
    ...(own === undefined ? known : { anyOf: [known, { type: "string", pattern: CUSTOM_FILE }] }),
  };
  return Type.Unsafe<Choice>({
    title,
    description,
    ...(fallback !== undefined && { default: fallback }),
    ...byType(
      type,
      [...entries].map(([name, entry]) => [name, entrySchema(name, entry, own)] as const),
    ),
  });
}

/**
 * A layer, of the catalog or of one's own. It may hold layers: so its schema holds itself, and stands once.
 */
function layerChoice(own: ReadonlyMap<string, CatalogEntry>): ReturnType<typeof Type.Unsafe<Choice>> {
  const layer = choice("layer", "One layer.", layers, { own });
  return Type.Unsafe<Choice>({ definition: "layer", ...layer });
}

/** A list of values, or what its `type` decides: a range, a bool, a list once more. */
function domain(): JsonSchema {
  return {
    title: "domain",
    description: domainDescription,
    ...conditional({ type: "array" }, withDomains(withOptionalDefaults(plain(listSchema))), {
      title: "domain",
      ...typedDomain(),
    }),
  };
}

function typedDomain(): JsonSchema {
  const types = Object.entries(typedSchemas).map(([type, schema]) => {
    const { properties = {}, ...rest } = withOptionalDefaults(plain(schema));
    const { values } = properties;
    const own = values === undefined ? properties : { ...properties, values: withDomains(values) };
    return [type, { ...rest, properties: own }] as const;
  });
  return byType({ title: "range", enum: types.map(([type]) => type) }, types);
}

/** A list of options in which domains may stand, however deep. */
function withDomains(list: JsonSchema): JsonSchema {
  return { ...list, allOf: [{ items: partOfOption }] };
}

/**
 * A part of an option: what has the `type` of a domain is one, and all else is what it will be in a trial. It
 * holds itself, and stands once.
 */
const partOfOption: JsonSchema = {
  definition: "partOfOption",
  get allOf() {
    const isTyped = { properties: { type: { enum: Object.keys(typedSchemas) } }, required: ["type"] };
    return [
      conditional({ type: "array" }, { items: partOfOption }),
      conditional({ type: "object", ...isTyped }, typedDomain(), { additionalProperties: partOfOption }),
    ];
  },
};

/**
 * TypeBox's objects are JSON Schema, with notes of its own that do not show in JSON; its types do not say so.
 */
function plain(schema: TSchema): JsonSchema {
  return schema;
}

/**
 * An object that is one of several kinds: `type` says which schema holds, so that no mistake is told about
 * the others.
 */
function byType(type: JsonSchema, branches: readonly (readonly [string, JsonSchema])[]): JsonSchema {
  return {
    type: "object",
    properties: { type },
    required: ["type"],
    additionalProperties: true, // each branch closes itself
    allOf: branches.map(([name, branch]) =>
      conditional({ type: "object", properties: { type: { const: name } }, required: ["type"] }, branch),
    ),
  };
}

/**
 * The options of a catalog entry, as they are written beside its `type`. `own`: the layers of one's own that
 * may stand where an option holds layers.
 */
export function schemaOf(
  { options }: CatalogEntry,
  own: ReadonlyMap<string, CatalogEntry> = new Map(),
): JsonSchema {
  const written = withOptionalDefaults(plain(options));
  const properties = Object.entries(written.properties ?? {}).map(
    ([key, each]) => [key, fromCatalogs(each, own)] as const,
  );
  return { ...written, properties: Object.fromEntries(properties) };
}

/** What an entry leaves to us: which initializers there are, which layers. */
function fromCatalogs(schema: JsonSchema, own: ReadonlyMap<string, CatalogEntry>): JsonSchema {
  const { catalog, items } = schema;
  if (catalog === "initializers") return initializerOption(schema);
  if (items === undefined) return schema;
  if (items.catalog !== "layers") return { ...schema, items: fromCatalogs(items, own) };
  let layer: JsonSchema | undefined;
  return {
    ...schema,
    // Made when somebody asks: a layer that holds layers is among them.
    get items() {
      layer ??= plain(layerChoice(own));
      return layer;
    },
  };
}

/** An option that is an initializer: the layer that has it leaves to us which ones there are. */
function initializerOption({ description = "" }: JsonSchema): JsonSchema {
  return plain(choice("initializer", description, initializers));
}

function entrySchema(name: string, entry: CatalogEntry, own?: ReadonlyMap<string, CatalogEntry>): JsonSchema {
  const { description } = entry;
  const written = schemaOf(entry, own);
  return {
    ...written,
    description,
    properties: { type: { const: name, description }, ...written.properties },
    required: ["type", ...(written.required ?? [])],
    additionalProperties: false,
  };
}
