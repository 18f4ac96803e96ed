import type { batchNorm as BatchNorm } from "@nn/layers/layers/batch-norm";
import type { groupNorm as GroupNorm } from "@nn/layers/layers/group-norm";
import type { layerNorm as LayerNorm } from "@nn/layers/layers/layer-norm";
import type { rmsNorm as RmsNorm } from "@nn/layers/layers/rms-norm";
import { countElements } from "@nn/tensor";

import type { LayerExport, LayerScope, OnnxValue } from "../layer-export.ts";

/** BatchNormalization with the running mean and variance. The operator needs the channels in axis 1. */
export const batchNorm: LayerExport<typeof BatchNorm> = ({ epsilon, affine }, x, scope) => {
  const C = x.shape.at(-1)!;
  const inputs = [
    affine ? scope.parameter("weight") : scope.constant("weight", [C], new Float32Array(C).fill(1)),
    affine ? scope.parameter("bias") : scope.constant("bias", [C], new Float32Array(C)),
    scope.parameter("runningMean"),
    scope.parameter("runningVariance"),
  ];
  const normalize = (name: string): string =>
    scope.add("BatchNormalization", [name, ...inputs], { epsilon: { float: epsilon } });
  if (x.shape.length === 1) return { ...x, name: normalize(x.name) };
  if (x.shape.length === 3) {
    const images = scope.channelsFirst(x);
    return { ...images, name: normalize(images.name) };
  }
  // (N, …, C) → (N·…, C) and back
  const rows = scope.reshape(x.name, [C], -1);
  return { ...x, name: scope.reshape(normalize(rows), x.shape, -1) };
};

/** LayerNormalization over the last `axes` axes. */
export const layerNorm: LayerExport<typeof LayerNorm> = ({ axes, epsilon, affine }, x, scope) =>
  addLayerNormalization(scope, x, axes, epsilon, affine);

/** y = γ·(x − μ) / √(σ² + ε) + β, with μ and σ² over the last `axes` axes. */
export function addLayerNormalization(
  scope: LayerScope,
  x: OnnxValue,
  axes: number,
  epsilon: number,
  affine: boolean,
): OnnxValue {
  const shape = x.shape.slice(-axes);
  const { name, ...rest } = scope.channelsLast(x);
  const parameters = affine
    ? [scope.parameter("weight"), scope.parameter("bias")]
    : [scope.constant("weight", shape, new Float32Array(countElements(shape)).fill(1))];
  const attributes = { axis: { int: -axes }, epsilon: { float: epsilon } };
  return { ...rest, name: scope.add("LayerNormalization", [name, ...parameters], attributes) };
}

/** y = γ·x / √(mean(x²) + ε). This operator set does not contain RMSNormalization. */
export const rmsNorm: LayerExport<typeof RmsNorm> = ({ epsilon, affine }, x, scope) => {
  const last = scope.channelsLast(x);
  const y = scope.add("Div", [last.name, deviation(scope, last.name, [-1], epsilon)]);
  return { ...last, name: affine ? scope.add("Mul", [y, scope.parameter("weight")]) : y };
};

/**
 * Like layer-norm, with an additional axis for the groups: images are (N, G, C / G · H · W) or (N, H·W, G, C
 * / G).
 */
export const groupNorm: LayerExport<typeof GroupNorm> = ({ groups, epsilon, affine }, x, scope) => {
  const C = x.shape.at(-1)!;
  const places = countElements(x.shape) / C;
  const K = C / groups;
  const shape = x.channelsFirst ? [groups, K * places] : [places, groups, K];
  const axes = x.channelsFirst ? [2] : [1, 3];
  const grouped = scope.reshape(x.name, shape);
  const centered = scope.add("Sub", [grouped, mean(scope, grouped, axes)]);
  const normalized = scope.add("Div", [centered, deviation(scope, centered, axes, epsilon)]);
  const [H, W] = x.shape;
  const y = scope.reshape(normalized, x.channelsFirst ? [C, H!, W!] : x.shape);
  if (!affine) return { ...x, name: y };
  const channels = x.channelsFirst ? [C, 1, 1] : [C];
  const scaled = scope.add("Mul", [y, scope.parameter("weight", channels)]);
  return { ...x, name: scope.add("Add", [scaled, scope.parameter("bias", channels)]) };
};

/** √(mean(x²) + ε) over `axes` */
function deviation(scope: LayerScope, x: string, axes: readonly number[], epsilon: number): string {
  const square = mean(scope, scope.add("Mul", [x, x]), axes);
  return scope.add("Sqrt", [scope.add("Add", [square, scope.scalar(epsilon)])]);
}

function mean(scope: LayerScope, x: string, axes: readonly number[]): string {
  return scope.add("ReduceMean", [x], { axes: { ints: axes }, keepdims: { int: 1 } });
}
