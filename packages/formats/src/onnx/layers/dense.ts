import type { dense as Dense } from "@nn/layers/layers/dense";

import type { LayerExport, LayerScope, OnnxValue } from "../layer-export.ts";

/** y = x·W + b, with W (D, U) as in this project's layer. */
export const dense: LayerExport<typeof Dense> = ({ units, bias }, x, scope) => ({
  name: scope.add("Gemm", [x.name, scope.parameter("weight"), ...(bias ? [scope.parameter("bias")] : [])]),
  shape: [units],
  channelsFirst: false,
});

/** Applies a dense layer to each step of a sequence: (N, T, D) → (N, T, U). */
export function applyDensePerStep(units: number, bias: boolean, x: OnnxValue, scope: LayerScope): OnnxValue {
  const product = scope.add("MatMul", [x.name, scope.parameter("weight")]);
  return {
    name: bias ? scope.add("Add", [product, scope.parameter("bias")]) : product,
    shape: [...x.shape.slice(0, -1), units],
    channelsFirst: false,
  };
}
