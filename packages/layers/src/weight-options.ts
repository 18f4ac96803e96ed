import { Type, type Static } from "typebox";

import type { ParameterPlan } from "./definition.ts";

/** The options of a layer with weights that say how they start and what holds them small: `...weightOptions`. */
export const weightOptions = {
  // The runner puts the catalog's entries in place of this: a layer does not know them.
  initializer: Type.Optional(
    Type.Unsafe<{ readonly type: string; readonly [option: string]: unknown }>({
      type: "object",
      catalog: "initializers",
      description: "How the weights of this layer start; as model.initializer says unless given.",
    }),
  ),
  regularizer: Type.Optional(
    Type.Object(
      {
        l1: Type.Number({
          minimum: 0,
          default: 0,
          description: "Adds this × the sum of the absolute weights to the loss: drives small ones to zero.",
        }),
        l2: Type.Number({
          minimum: 0,
          default: 0,
          description: "Adds this × the sum of the squared weights to the loss: keeps all of them small.",
        }),
      },
      {
        description:
          "What the size of the weights of this layer costs; as in Keras, it is part of every loss.",
      },
    ),
  ),
  maxNorm: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description:
        "After each step, the weights into one neuron or filter are scaled back to this length at most.",
    }),
  ),
};

const weightSchema = Type.Object(weightOptions);

/** What these options add to the plan of the weights. */
export function weightPlan(
  options: Static<typeof weightSchema>,
): Pick<ParameterPlan, "initializer" | "regularizer" | "maxNorm"> {
  const { initializer, regularizer, maxNorm } = options;
  return { initializer, regularizer, maxNorm };
}
