import type { multiHeadAttention as MultiHeadAttention } from "@nn/layers/layers/multi-head-attention";
import type { patchEmbedding as PatchEmbedding } from "@nn/layers/layers/patch-embedding";
import type { transformerEncoder as TransformerEncoder } from "@nn/layers/layers/transformer-encoder";

import type { LayerExport, LayerScope, OnnxValue } from "../layer-export.ts";
import { geluErf } from "./activations.ts";
import { addValues } from "./containers.ts";
import { applyDensePerStep } from "./dense.ts";
import { addLayerNormalization } from "./normalization.ts";

/** Converts patches to rows: (N, H/P, P, W/P, P·C) → (N, H/P, W/P, P, P·C) → (N, T, P·P·C). */
export const patchEmbedding: LayerExport<typeof PatchEmbedding> = (
  { patchSize: P, units, bias },
  x,
  scope,
) => {
  const [H, W, C] = x.shape;
  const [rows, columns] = [H! / P, W! / P];
  const cut = scope.reshape(scope.channelsLast(x).name, [rows, P, columns, P * C!]);
  const shape = [rows * columns, P * P * C!];
  const patches = scope.reshape(scope.transpose(cut, [0, 1, 3, 2, 4]), shape);
  return applyDensePerStep(units, bias, { name: patches, shape, channelsFirst: false }, scope);
};

/** y = x + E, with E (T, D) broadcast over the batch */
export const positionEmbedding: LayerExport = (_options, x, scope) => ({
  ...x,
  name: scope.add("Add", [x.name, scope.parameter("weight")]),
});

/** Attention without the rest of an encoder block; see `attend`. */
export const multiHeadAttention: LayerExport<typeof MultiHeadAttention> = (options, x, scope) =>
  attend(options, x, scope);

/** P = softmax(q·kᵀ / √d) for each head, y = concatenate(P·v)·Wout + bout. */
function attend(
  { heads, bias, causal }: { readonly heads: number; readonly bias: boolean; readonly causal: boolean },
  x: OnnxValue,
  scope: LayerScope,
): OnnxValue {
  const [T, D] = [x.shape[0]!, x.shape[1]!];
  const d = D / heads;
  const qkv = applyDensePerStep(3 * D, bias, x, scope.child("qkv"));
  const parts = scope.addSeveral("Split", [qkv.name], { axis: { int: 2 } }, 3);
  const inHeads = (part: string, axes: readonly number[]): string =>
    scope.transpose(scope.reshape(part, [T, heads, d]), axes);
  const q = inHeads(parts[0]!, [0, 2, 1, 3]); // (N, heads, T, d)
  const k = inHeads(parts[1]!, [0, 2, 3, 1]); // (N, heads, d, T)
  const v = inHeads(parts[2]!, [0, 2, 1, 3]); // (N, heads, T, d)
  const scores = scope.add("Div", [scope.add("MatMul", [q, k]), scope.scalar(Math.sqrt(d))]);
  const visible = causal ? scope.add("Add", [scores, scope.constant("mask", [T, T], causalMask(T))]) : scores;
  const shares = scope.add("Softmax", [visible], { axis: { int: -1 } });
  const values = scope.transpose(scope.add("MatMul", [shares, v]), [0, 2, 1, 3]);
  const joined = { ...x, name: scope.reshape(values, [T, D]) };
  return applyDensePerStep(D, bias, joined, scope.child("output"));
}

/** The mask (T, T): −∞ where a step would attend to a later one. */
function causalMask(T: number): Float32Array {
  return Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -Infinity : 0));
}

/** The two residual branches of a block, with normalization before each branch or after each sum. */
export const transformerEncoder: LayerExport<typeof TransformerEncoder> = (options, x, scope) => {
  const { heads, hiddenUnits, activation, normalize, causal } = options;
  const D = x.shape[1]!;
  const norm = (name: string, value: OnnxValue): OnnxValue =>
    addLayerNormalization(scope.child(name), value, 1, 1e-5, true);
  const attention = (value: OnnxValue): OnnxValue =>
    attend({ heads, bias: true, causal }, value, scope.child("attention"));
  const feedForward = (value: OnnxValue): OnnxValue => {
    const hidden = applyDensePerStep(hiddenUnits, true, value, scope.child("expand"));
    const name = activation === "relu" ? scope.add("Relu", [hidden.name]) : geluErf(hidden.name, scope);
    return applyDensePerStep(D, true, { ...hidden, name }, scope.child("contract"));
  };
  if (normalize === "before") {
    const a = addValues(scope, [x, attention(norm("norm1", x))]);
    return addValues(scope, [a, feedForward(norm("norm2", a))]);
  }
  const a = norm("norm1", addValues(scope, [x, attention(x)]));
  return norm("norm2", addValues(scope, [a, feedForward(a)]));
};
