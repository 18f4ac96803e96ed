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

export const floatSchema = Type.Object(
  {
    type: Type.Literal("float"),
    min: Type.Number({ description: "The smallest value." }),
    max: Type.Number({ description: "The bound above; not drawn itself." }),
    scale: Type.Optional(scaleSchema),
  },
  { additionalProperties: false, description: "Numbers from min up to, not including, max." },
);

export const intSchema = Type.Object(
  {
    type: Type.Literal("int"),
    min: Type.Integer({ description: "The smallest value." }),
    max: Type.Integer({ description: "The largest value; drawn as often as the others." }),
    scale: Type.Optional(scaleSchema),
  },
  { additionalProperties: false, description: "Whole numbers from min to max, both included." },
);

/** What a swept path may be: a list of values, or a range. Told apart by being a list, then by `type`. */
export const domainSchema = Type.Union([choiceSchema, floatSchema, intSchema], {
  description: "What to try: a list of values, or a range { type: float | int, min, max, scale? }.",
});

/** The ranges by their `type`, for those who decide by it first. */
export const rangeSchemas = { float: floatSchema, int: intSchema } as const;

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
export type Domain = Choices | FloatRange | IntRange;

/** Swept path → its domain, in the order of the experiment file. */
export type Domains = Readonly<Record<string, Domain>>;

/** Swept path → the value of one trial, in the same order. */
export type Assignment = Readonly<Record<string, SweptValue>>;

export function isChoices(domain: Domain): domain is Choices {
  return Array.isArray(domain);
}
