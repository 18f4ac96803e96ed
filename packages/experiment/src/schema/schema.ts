import type { Definition } from "@nn/layers";
import { datasets } from "@nn/mnist";
import { domainDescription, listSchema, typedSchemas } from "@nn/sweep";
import { CUSTOM_FILE, averages, isCustomType, type Choice } from "@nn/training";
import { Type, type TSchema } from "typebox";

import { builtIn, isOpen, openCatalogs, type CatalogName, type Catalogs } from "../catalogs.ts";
import { budgetSchema } from "./budget.ts";
import { executors } from "./executors.ts";
import { withOptionalDefaults, conditional, type JsonSchema } from "./json-schema.ts";
import { trainingExtras } from "./training-block.ts";

/** What an entry of any catalog shows of itself to the schema. */
export type CatalogEntry = Pick<Definition, "type" | "description" | "options">;

/** What a sweep may rank by. The test set is not among them: it chooses nothing. */
const METRICS = ["validation.accuracy", "validation.loss", "train.accuracy", "train.loss"] as const;

/**
 * The schema of an experiment file, assembled from the catalogs: the built-in ones, or those with custom parts
 * by the path that names them.
 */
export function experimentSchema(catalogs: Catalogs = builtIn): JsonSchema {
  // Assembling it takes its time, and what is built in does not change.
  if (catalogs === builtIn) return (ofBuiltIn ??= assemble(catalogs));
  return assemble(catalogs);
}

let ofBuiltIn: JsonSchema | undefined;

function assemble(catalogs: Catalogs): JsonSchema {
  const part: PartSchema = (...named) => partSchema(catalogs, ...named);
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
      Type.Array(part("augmentations", "One change."), {
        description:
          "Random changes of the training images, one after the other, anew in each epoch; validation and test images stay.",
      }),
    ),
    model: Type.Object(
      {
        initializer: part("initializers", "How weights start.", { default: { type: "he" } }),
        layers: Type.Array(part("layers", "One layer."), {
          minItems: 1,
          description: "From the images to the outputs, each layer fed by the one above it.",
        }),
      },
      { description: "The network." },
    ),
    loss: part("losses", "What training makes small.", { default: { type: "cross-entropy" } }),
    optimizer: part("optimizers", "How a step is made from the gradients."),
    schedule: part("schedules", "How the learning rate changes in the course of training.", {
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
          augment: Type.Array(
            part("augmentations", "One change.", {
              title: "augmentation of one image alone",
              // A view has the label of its image.
              without: ({ mixes }) => mixes === true,
            }),
            {
              minItems: 1,
              description:
                "The random changes that make the other views, one after the other; those that mix images are not among them.",
            },
          ),
        },
        {
          description:
            "Test-time augmentation: validation and test images are judged by the mean of the outputs for several views of each.",
        },
      ),
    ),
    sweep: Type.Optional(
      Type.Object(
        {
          sampler: part("samplers", "How values are picked from the parameters."),
          pruner: Type.Optional(
            part("pruners", "What stops trials that are not worth the rest of their training."),
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
                'Comparisons that every trial satisfies, such as "model.layers[1].units >= model.layers[3].units". They may name model.parameters and model.multiplyAdds, which are those of the network. One with a path that a trial does not have holds for it.',
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
): ReturnType<typeof Type.Unsafe<Choice>> {
  return Type.Unsafe<Choice>({ title, description, ...choiceOf(title, catalog, entrySchema) });
}

interface PartOptions {
  readonly default?: Choice;
  /** What an entry is called here, where not all of the catalog may stand. */
  readonly title?: string;
  /** The entries that may not. */
  readonly without?: (entry: CatalogEntry & { readonly mixes?: boolean }) => boolean;
}

type PartSchema = (
  name: CatalogName,
  description: string,
  options?: PartOptions,
) => ReturnType<typeof Type.Unsafe<Choice>>;

/**
 * An entry of a catalog that custom parts stand beside: besides the entries that are known, `type` may be the
 * path of a file. A layer may hold layers: so its schema holds itself, and stands once.
 */
function partSchema(
  catalogs: Catalogs,
  name: CatalogName,
  description: string,
  { default: fallback, title = openCatalogs[name].kind.noun, without = () => false }: PartOptions = {},
): ReturnType<typeof Type.Unsafe<Choice>> {
  const all: ReadonlyMap<string, CatalogEntry> = catalogs[name];
  const entries = new Map([...all].filter(([, entry]) => !without(entry)));
  const excluded = [...all.keys()].filter((type) => isCustomType(type) && !entries.has(type));
  const file = {
    type: "string",
    pattern: CUSTOM_FILE,
    ...(excluded.length > 0 && { not: { enum: excluded } }),
  };
  return Type.Unsafe<Choice>({
    ...(name === "layers" && { definition: "layer" }),
    catalog: name,
    title,
    description,
    ...(fallback !== undefined && { default: fallback }),
    ...choiceOf(title, entries, (type, entry) => entrySchema(type, entry, catalogs), file),
  });
}

/** `file`: what else `type` may be. */
function choiceOf(
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
 * The options of a catalog entry, as they are written beside its `type`. `catalogs`: what may stand where an
 * option holds entries of them.
 */
export function schemaOf({ options }: CatalogEntry, catalogs: Catalogs = builtIn): JsonSchema {
  const written = withOptionalDefaults(plain(options));
  const properties = Object.entries(written.properties ?? {}).map(
    ([key, each]) => [key, fromCatalogs(each, catalogs)] as const,
  );
  return { ...written, properties: Object.fromEntries(properties) };
}

/** What an entry leaves to us: which initializers there are, which layers. */
function fromCatalogs(schema: JsonSchema, catalogs: Catalogs): JsonSchema {
  const { catalog, items, description = "" } = schema;
  if (isOpen(catalog)) return plain(partSchema(catalogs, catalog, description));
  if (items === undefined) return schema;
  if (items.catalog !== "layers") return { ...schema, items: fromCatalogs(items, catalogs) };
  let layer: JsonSchema | undefined;
  return {
    ...schema,
    // Made when somebody asks: a layer that holds layers is among them.
    get items() {
      layer ??= plain(partSchema(catalogs, "layers", "One layer."));
      return layer;
    },
  };
}

function entrySchema(type: string, entry: CatalogEntry, catalogs: Catalogs = builtIn): JsonSchema {
  const { description } = entry;
  const written = schemaOf(entry, catalogs);
  return {
    ...written,
    description,
    properties: { type: { const: type, description }, ...written.properties },
    required: ["type", ...(written.required ?? [])],
    additionalProperties: false,
  };
}
