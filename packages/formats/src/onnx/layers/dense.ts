import type { dense as Dense } from "@nn/layers/layers/dense";

import type { LayerExport, LayerScope, OnnxValue } from "../layer-export.ts";

/** y = x·W + b: W (D, U) as in our layer. */
export const dense: LayerExport<typeof Dense> = ({ units, bias }, x, scope) => ({
  name: scope.add("Gemm", [x.name, scope.parameter("weight"), ...(bias ? [scope.parameter("bias")] : [])]),
  shape: [units],
  channelsFirst: false,
});

/** A dense layer for each step of a sequence: (N, T, D) → (N, T, U). */
export function applyDensePerStep(units: number, bias: boolean, x: OnnxValue, scope: LayerScope): OnnxValue {
  const product = scope.add("MatMul", [x.name, scope.parameter("weight")]);
  return {
    name: bias ? scope.add("Add", [product, scope.parameter("bias")]) : product,
    shape: [...x.shape.slice(0, -1), units],
    channelsFirst: false,
  };
}
