import type { Backend, Shape, Tensor } from "@nn/tensor";
import { Type } from "typebox";

import type { ParameterSpec } from "../../definition.ts";

/** The option `affine` of the normalization layers. */
export const affineOption = Type.Boolean({
  default: true,
  description: "Whether to apply a learned weight γ and bias β after the normalization.",
});

/** Returns the option `epsilon` of a normalization layer, with `value` as its default. */
export function normalizationEpsilonOption(value: number) {
  return Type.Number({
    exclusiveMinimum: 0,
    default: value,
    description: "Number ε added to the variance, which prevents a division by zero.",
  });
}

/**
 * Returns the plans of γ and β, or none if `affine` is false. γ is initialized to 1 and β to 0, so that the
 * layer initially only normalizes.
 */
export function planAffineParameters(affine: boolean, shape: Shape): Record<string, ParameterSpec> {
  return affine
    ? { weight: { shape, initialization: "ones" }, bias: { shape, initialization: "zeros" } }
    : {};
}

/** Returns a tensor filled with `value`, used for γ or β in a layer that does not learn them. */
export function createConstantTensor(backend: Backend, shape: Shape, value: number): Tensor {
  const tensor = backend.allocate(shape);
  tensor.data.fill(value);
  return tensor;
}
