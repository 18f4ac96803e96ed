import type { Backend, Shape, Tensor } from "@nn/tensor";
import { Type } from "typebox";

import type { ParameterPlan } from "../../definition.ts";

/** The options that normalizing layers share. */
export const affineOption = Type.Boolean({
  default: true,
  description:
    "Whether a learned weight γ and bias β follow, with which the layer can undo the normalization.",
});

/** The option `epsilon` of a normalizing layer, with `value` as its default. */
export function normEpsilonOption(value: number) {
  return Type.Number({
    exclusiveMinimum: 0,
    default: value,
    description: "Number ε added to the variance, so that nothing is divided by zero.",
  });
}

/** γ starts as 1 and β as 0: at first, the layer only normalizes. */
export function affineParameters(affine: boolean, shape: Shape): Record<string, ParameterPlan> {
  return affine ? { weight: { shape, start: "ones" }, bias: { shape, start: "zeros" } } : {};
}

/**
 * A tensor for the whole life of a network that holds nothing but `value`: γ or β of a layer that has none.
 */
export function constant(backend: Backend, shape: Shape, value: number): Tensor {
  const tensor = backend.allocate(shape);
  tensor.data.fill(value);
  return tensor;
}
