import { Type, type Static } from "typebox";

import type { ParameterSpec } from "../../definition.ts";

const initializerOf = (weights: string) =>
  // The runner replaces this schema with the entries of the catalog, which are not available here.
  Type.Optional(
    Type.Unsafe<{ readonly type: string; readonly [option: string]: unknown }>({
      type: "object",
      catalog: "initializers",
      description: `How ${weights} are initialized. Default: model.initializer.`,
    }),
  );

const regularizerOf = (weights: string) =>
  Type.Optional(
    Type.Object(
      {
        l1: Type.Number({
          minimum: 0,
          default: 0,
          description: "Adds l1 × Σ|w| to the loss, which drives small weights to zero.",
        }),
        l2: Type.Number({
          minimum: 0,
          default: 0,
          description: "Adds l2 × Σw² to the loss, which keeps all weights small.",
        }),
      },
      {
        description:
          `Penalty on the size of ${weights}. It is added to the training loss and to the evaluation loss, ` +
          "as in Keras.",
      },
    ),
  );

const maxNormOf = (weights: string) =>
  Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: `Maximum norm of ${weights}. After each step, weights with a larger norm are scaled down.`,
    }),
  );

/**
 * The options for the initializer, the regularizer and the largest norm of weights. Use them as
 * `...weightOptions`.
 */
export const weightOptions = {
  initializer: initializerOf("the weights of this layer"),
  regularizer: regularizerOf("the weights of this layer"),
  maxNorm: maxNormOf("the weights into one neuron or filter"),
};

/** The same options for a recurrent layer, separately for the weights on the input and on the state. */
export const recurrentWeightOptions = {
  initializer: initializerOf("the weights on the input"),
  recurrentInitializer: initializerOf("the weights from one state to the next"),
  regularizer: regularizerOf("the weights on the input"),
  recurrentRegularizer: regularizerOf("the weights from one state to the next"),
  maxNorm: maxNormOf("the weights of the input into one gate of one unit"),
  recurrentMaxNorm: maxNormOf("the weights of the state into one gate of one unit"),
};

const weightSchema = Type.Object(weightOptions);

/** Returns the fields of `ParameterSpec` that these options set. */
export function planWeight(
  options: Static<typeof weightSchema>,
): Pick<ParameterSpec, "initializer" | "regularizer" | "maxNorm"> {
  const { initializer, regularizer, maxNorm } = options;
  return { initializer, regularizer, maxNorm };
}
