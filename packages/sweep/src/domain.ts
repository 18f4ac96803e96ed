import { Type, type Static } from "typebox";

/** One value of a list, as YAML can write it. A map names a catalog entry, such as `{ type: adam, learningRate: 0.001 }`. */
export const sweptValueSchema = Type.Union([
  Type.Number(),
  Type.String(),
  Type.Boolean(),
  Type.Null(),
  Type.Object({ type: Type.String() }, { additionalProperties: true }),
]);

export const choiceSchema = Type.Array(sweptValueSchema, {
  minItems: 1,
  description: "The values to choose from, such as [0.03, 0.1, 0.3].",
});

const scaleSchema = Type.Enum(["linear", "log"], {
  description:
    "linear (if absent): every value equally likely. log: every factor equally likely, such as 0.001 to 0.01 as often as 0.01 to 0.1; for learning rates and sizes.",
});

const countSchema = Type.Integer({
  minimum: 2,
  maximum: 100_000,
  description:
    "That many values, evenly spaced on the scale, min and max among them. Whole numbers are rounded, and none comes twice.",
});

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

export const boolSchema = Type.Object(
  { type: Type.Literal("bool") },
  { additionalProperties: false, description: "The list [false, true]." },
);

export const domainDescription =
  "What to try: a list of values, or a range { type: float | int, min, max, scale?, step?, count? } or { type: bool }.";

/** What a swept path may be: a list of values, or a range. Told apart by being a list, then by `type`. */
export const domainSchema = Type.Union([choiceSchema, floatSchema, intSchema, boolSchema], {
  description: domainDescription,
});

/** The ranges by their `type`, for those who decide by it first. */
export const rangeSchemas = { float: floatSchema, int: intSchema, bool: boolSchema } as const;

/** What `sweptValueSchema` describes; its static type leaves out the further keys of a map. */
export type SweptValue =
  | number
  | string
  | boolean
  | null
  | { readonly type: string; readonly [option: string]: unknown };
export type Choices = readonly SweptValue[];
export type FloatRange = Static<typeof floatSchema>;
export type IntRange = Static<typeof intSchema>;
export type BoolRange = Static<typeof boolSchema>;
export type Domain = Choices | FloatRange | IntRange | BoolRange;

/** Swept path → its domain, in the order of the experiment file. */
export type Domains = Readonly<Record<string, Domain>>;

/** Swept path → the value of one trial, in the same order. */
export type Assignment = Readonly<Record<string, SweptValue>>;

export function isChoices(domain: Domain): domain is Choices {
  return Array.isArray(domain);
}

/** Whether it has bounds. */
export function isRange(domain: Domain): domain is FloatRange | IntRange {
  return !isChoices(domain) && domain.type !== "bool";
}
