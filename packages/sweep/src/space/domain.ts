import { Type, type Static } from "typebox";

/**
 * One entry of a list, as YAML can write it. A map names a catalog entry, such as `{ type: adam,
 * learningRate: 0.001 }`. It, and a list, may hold domains in place of values: what is in it, this schema
 * leaves open.
 */
export const optionSchema = Type.Union([
  Type.Number(),
  Type.String(),
  Type.Boolean(),
  Type.Null(),
  Type.Object({ type: Type.String() }, { additionalProperties: true }),
  Type.Array(Type.Unknown({ description: "a value or a block" })),
]);

/** The schema of a list of values to choose from. */
export const listSchema = Type.Array(optionSchema, {
  minItems: 1,
  description:
    "The values to choose from, such as [0.03, 0.1, 0.3]. A block, or a list of them, may hold what to " +
    "try in place of its options.",
});

/** The schema of a list inside a block: `{ type: choice, values: […] }`. */
export const choiceSchema = Type.Object(
  { type: Type.Literal("choice"), values: listSchema },
  {
    additionalProperties: false,
    description: "A list of values, as it is written inside a block, where a plain list is itself a value.",
  },
);

const scaleSchema = Type.Enum(["linear", "log"], {
  description:
    "linear (if absent): every value equally likely. log: every factor equally likely, such as 0.001 to " +
    "0.01 as often as 0.01 to 0.1; for learning rates and sizes.",
});

const countSchema = Type.Integer({
  minimum: 2,
  maximum: 100_000,
  description:
    "That many values, evenly spaced on the scale, min and max among them. Whole numbers are rounded, " +
    "and none comes twice.",
});

/** The schema of a range of numbers: `{ type: float, min, max, scale?, step?, count? }`. */
export const floatSchema = Type.Object(
  {
    type: Type.Literal("float"),
    min: Type.Number({ description: "The smallest value." }),
    max: Type.Number({
      description: "The bound above; drawn itself only with step or count, whose last value it is.",
    }),
    scale: Type.Optional(scaleSchema),
    step: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: "Only min, min + step, … up to max, which must be one of them.",
      }),
    ),
    count: Type.Optional(countSchema),
  },
  {
    additionalProperties: false,
    description: "Numbers from min up to, not including, max; with step or count some of them, and max too.",
  },
);

/** The schema of a range of whole numbers: `{ type: int, min, max, scale?, step?, count? }`. */
export const intSchema = Type.Object(
  {
    type: Type.Literal("int"),
    min: Type.Integer({ description: "The smallest value." }),
    max: Type.Integer({ description: "The largest value; drawn as often as the others." }),
    scale: Type.Optional(scaleSchema),
    step: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: "Only min, min + step, … up to max, which must be one of them.",
      }),
    ),
    count: Type.Optional(countSchema),
  },
  {
    additionalProperties: false,
    description: "Whole numbers from min to max, both included; with step or count some of them.",
  },
);

/** The schema of `{ type: bool }`. */
export const boolSchema = Type.Object(
  { type: Type.Literal("bool") },
  { additionalProperties: false, description: "The list [false, true]." },
);

/** The description of a domain in the JSON Schema. */
export const domainDescription =
  "What to try: a list of values, or a range { type: float | int, min, max, scale?, step?, count? } or { type: bool }.";

/** What a swept path may be: a list of values, or a range. Told apart by being a list, then by `type`. */
export const domainSchema = Type.Union([listSchema, choiceSchema, floatSchema, intSchema, boolSchema], {
  description: domainDescription,
});

/**
 * What is not a list, by its `type`, for those who decide by it first. No entry of a catalog has one of these
 * names.
 */
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
/** What `optionSchema` describes; its static type leaves out the further keys of a map. */
export type Option = SweptValue | readonly unknown[];
/** A list of values, any of which may be chosen. */
export type Choices = readonly SweptValue[];
/** A range of numbers, [min, max); with `step` or `count`, max is one of the values. */
export type FloatRange = Static<typeof floatSchema>;
/** A range of whole numbers, min … max, both included. */
export type IntRange = Static<typeof intSchema>;
/** The values false and true. */
export type BoolRange = Static<typeof boolSchema>;
/** What samplers see: what to try for one parameter, with nothing inside. */
export type Domain = Choices | FloatRange | IntRange | BoolRange;
/** What an experiment file says. Its options may hold further domains: `spaceOf`. */
export type WrittenDomain =
  | readonly Option[]
  | { readonly type: "choice"; readonly values: readonly Option[] }
  | FloatRange
  | IntRange
  | BoolRange;

/** Parameter → its domain, in the order of the experiment file. */
export type Domains = Readonly<Record<string, Domain>>;
/** Swept path → what to try there, in the order of the experiment file. */
export type WrittenDomains = Readonly<Record<string, WrittenDomain>>;

/** Parameter → its value in one trial, in the same order. One that does not exist in this trial has none. */
export type Assignment = Readonly<Record<string, SweptValue>>;

/** Whether a domain is a list of values. */
export function isChoices(domain: Domain): domain is Choices {
  return Array.isArray(domain);
}

/** The options of a list, however it is written; undefined for a range or a bool. */
export function optionsOf(domain: WrittenDomain): readonly Option[] | undefined {
  if (isList(domain)) return domain;
  return domain.type === "choice" ? domain.values : undefined;
}

/** Whether what stands inside an option, where any value may, is a domain. A plain list there is a value. */
export function isNested(value: unknown): value is Exclude<WrittenDomain, readonly Option[]> {
  return isMap(value) && typeof value["type"] === "string" && Object.hasOwn(typedSchemas, value["type"]);
}

/** Whether a value is an object, and neither null nor an array. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is an array; `Array.isArray` does not narrow to a readonly array. */
export function isList(value: unknown): value is readonly unknown[];
/** Whether a domain is a plain list of options. */
export function isList(domain: WrittenDomain): domain is readonly Option[];
/** Whether the argument is an array: implements both signatures. */
export function isList(value: unknown): boolean {
  return Array.isArray(value);
}

/** Whether it has bounds. */
export function isRange(domain: Domain): domain is FloatRange | IntRange {
  return !isChoices(domain) && domain.type !== "bool";
}
