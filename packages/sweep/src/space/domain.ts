import { Type, type Static } from "typebox";

/**
 * The schema of one entry of a list, as written in YAML. A map is a block, such as `{ type: adam,
 * learningRate: 0.001 }` or `{ steps: 5 }`. A map or list may contain domains instead of values; this schema
 * does not check its contents.
 */
export const choiceItemSchema = Type.Union([
  Type.Number(),
  Type.String(),
  Type.Boolean(),
  Type.Null(),
  Type.Object({ type: Type.Optional(Type.String()) }, { additionalProperties: true }),
  Type.Array(Type.Unknown({ description: "a value or a block" })),
]);

/** The schema of a list of values to choose from. */
export const listSchema = Type.Array(choiceItemSchema, {
  minItems: 1,
  description:
    "The values to choose from, such as [0.03, 0.1, 0.3]. An option of a block in the list may itself be " +
    "a list or range.",
});

/** The schema of a list inside a block: `{ type: choice, values: […] }`. */
export const choiceSchema = Type.Object(
  { type: Type.Literal("choice"), values: listSchema },
  {
    additionalProperties: false,
    description: "A list of values inside a block. Inside a block, a plain list is a single value.",
  },
);

const scaleSchema = Type.Enum(["linear", "log"], {
  description:
    "Scale of the range. linear (default): every value is equally likely. log: every order of magnitude is equally " +
    "likely, so 0.001 to 0.01 is drawn as often as 0.01 to 0.1. Use log for learning rates and sizes.",
});

const countSchema = Type.Integer({
  minimum: 2,
  maximum: 100_000,
  description:
    "Number of values, evenly spaced on the scale from min to max. Integers are rounded, and duplicates are removed.",
});

/** The schema of a range of numbers: `{ type: float, min, max, scale?, step?, count? }`. */
export const floatSchema = Type.Object(
  {
    type: Type.Literal("float"),
    min: Type.Number({ description: "The smallest value." }),
    max: Type.Number({
      description: "The upper bound. It is included only with step or count.",
    }),
    scale: Type.Optional(scaleSchema),
    step: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: "Restricts the values to min, min + step, … up to max, which must be one of them.",
      }),
    ),
    count: Type.Optional(countSchema),
  },
  {
    additionalProperties: false,
    description:
      "A range of numbers from min up to, but not including, max. With step or count: some of these numbers, and max.",
  },
);

/** The schema of a range of integers: `{ type: int, min, max, scale?, step?, count? }`. */
export const intSchema = Type.Object(
  {
    type: Type.Literal("int"),
    min: Type.Integer({ description: "The smallest value." }),
    max: Type.Integer({ description: "The largest value (inclusive)." }),
    scale: Type.Optional(scaleSchema),
    step: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: "Restricts the values to min, min + step, … up to max, which must be one of them.",
      }),
    ),
    count: Type.Optional(countSchema),
  },
  {
    additionalProperties: false,
    description:
      "A range of integers from min to max, both included. With step or count: some of these integers.",
  },
);

/** The schema of `{ type: bool }`. */
export const boolSchema = Type.Object(
  { type: Type.Literal("bool") },
  { additionalProperties: false, description: "Both values: the list [false, true]." },
);

/** The description of a domain in the JSON Schema. */
export const domainDescription =
  "The values to try: a list, a range { type: float | int, min, max, scale?, step?, count? } or { type: bool }.";

/** The schema of the domain of a swept path. Lists are plain arrays; all other domains have a `type`. */
export const domainSchema = Type.Union([listSchema, choiceSchema, floatSchema, intSchema, boolSchema], {
  description: domainDescription,
});

/** The schemas of domains that are not plain lists, by `type`. No catalog entry has one of these names. */
export const typedSchemas = {
  float: floatSchema,
  int: intSchema,
  bool: boolSchema,
  choice: choiceSchema,
} as const;

/** The value of one parameter. */
export type SweptValue =
  | number
  | string
  | boolean
  | null
  | { readonly type: string; readonly [option: string]: unknown };
/** A value of `choiceItemSchema`, whose static type omits the other keys of a map. */
export type CategoricalChoice = SweptValue | readonly unknown[] | { readonly [key: string]: unknown };
/** A list of values to choose from. */
export type Choices = readonly SweptValue[];
/** A range of numbers, [min, max); with `step` or `count`, max is one of the values. */
export type FloatRange = Static<typeof floatSchema>;
/** A range of integers, min … max, both included. */
export type IntRange = Static<typeof intSchema>;
/** The values false and true. */
export type BoolRange = Static<typeof boolSchema>;
/** The domain of one parameter as passed to samplers, without nested domains. */
export type Domain = Choices | FloatRange | IntRange | BoolRange;
/** A domain as written in an experiment file. Its options may contain nested domains (`listParameters`). */
export type DomainSpec =
  | readonly CategoricalChoice[]
  | { readonly type: "choice"; readonly values: readonly CategoricalChoice[] }
  | FloatRange
  | IntRange
  | BoolRange;

/** Maps a parameter to its domain, in the order of the experiment file. */
export type Domains = Readonly<Record<string, Domain>>;
/** Maps a swept path to its domain, in the order of the experiment file. */
export type DomainSpecs = Readonly<Record<string, DomainSpec>>;

/**
 * Maps a parameter to its value in one trial, in the same order. A parameter that does not exist in the trial
 * has no value.
 */
export type ParameterValues = Readonly<Record<string, SweptValue>>;

/** Whether a domain is a list of values. */
export function isCategorical(domain: Domain): domain is Choices {
  return Array.isArray(domain);
}

/** Returns the options of a plain list or a `choice`; undefined for a range or a bool. */
export function getChoices(domain: DomainSpec): readonly CategoricalChoice[] | undefined {
  if (isList(domain)) return domain;
  return domain.type === "choice" ? domain.values : undefined;
}

/** Whether a value inside an option is a domain. A plain list there is a value, not a domain. */
export function isNestedDomain(value: unknown): value is Exclude<DomainSpec, readonly CategoricalChoice[]> {
  return isMap(value) && typeof value["type"] === "string" && Object.hasOwn(typedSchemas, value["type"]);
}

/** Whether a value is an object, and neither null nor an array. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is an array; `Array.isArray` does not narrow to a readonly array. */
export function isList(value: unknown): value is readonly unknown[];
/** Whether a domain is a plain list of options. */
export function isList(domain: DomainSpec): domain is readonly CategoricalChoice[];
/** Implements both signatures. */
export function isList(value: unknown): boolean {
  return Array.isArray(value);
}

/** Whether a domain has bounds. */
export function isRange(domain: Domain): domain is FloatRange | IntRange {
  return !isCategorical(domain) && domain.type !== "bool";
}
