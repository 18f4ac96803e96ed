import type { averagePool2d as AveragePool2d } from "@nn/layers/layers/average-pool2d";
import type { conv2d as Conv2d } from "@nn/layers/layers/conv2d";
import type { maxPool2d as MaxPool2d } from "@nn/layers/layers/max-pool2d";
import type { pad as Pad } from "@nn/layers/layers/pad";
import { toPair, computePoolWindow, computeWindow } from "@nn/layers";
import type { Window } from "@nn/tensor";

import type { OnnxAttribute } from "../graph.ts";
import type { LayerExport, LayerScope, OnnxValue } from "../layer-export.ts";

/** Conv. W (KH, KW, C / groups, F) is permuted to (F, C / groups, KH, KW). */
export const conv2d: LayerExport<typeof Conv2d> = (options, x, scope) => {
  const { filters, kernelSize, stride, padding, dilation, groups, bias } = options;
  const window = computeWindow("conv2d", x.shape, { size: kernelSize, stride, padding, dilation });
  const weight = scope.tensor("weight"); // (KH, KW, C / groups, F)
  const [KH, KW, groupC, F] = [window.kernelHeight, window.kernelWidth, weight.shape[2]!, filters];
  const data = new Float32Array(weight.data.length); // (F, C / groups, KH, KW)
  for (let i = 0; i < data.length; i++) {
    const [position, c, f] = [Math.floor(i / (groupC * F)), Math.floor(i / F) % groupC, i % F];
    data[(f * groupC + c) * KH * KW + position] = weight.data[i]!;
  }
  const inputs = [scope.constant("weight", [F, groupC, KH, KW], data)];
  if (bias) inputs.push(scope.parameter("bias"));
  return slide("Conv", window, x, scope, {
    inputs,
    channels: filters,
    attributes: {
      dilations: { ints: [window.dilationHeight, window.dilationWidth] },
      group: { int: groups },
    },
  });
};

/** MaxPool, which ignores the padding. */
export const maxPool2d: LayerExport<typeof MaxPool2d> = (options, x, scope) =>
  slide("MaxPool", computePoolWindow("max-pool2d", options, x.shape), x, scope);

/** AveragePool. `countIncludePad` determines whether the mean includes the padding. */
export const averagePool2d: LayerExport<typeof AveragePool2d> = ({ countIncludePad, ...options }, x, scope) =>
  slide("AveragePool", computePoolWindow("average-pool2d", options, x.shape), x, scope, {
    attributes: { count_include_pad: { int: Number(countIncludePad) } },
  });

/** Adds an operator that slides a window over images. `channels` is the number of output channels. */
function slide(
  operator: string,
  window: Window,
  x: OnnxValue,
  scope: LayerScope,
  more: {
    readonly inputs?: readonly string[];
    readonly channels?: number;
    readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  } = {},
): OnnxValue {
  const { inputs = [], channels = x.shape[2]!, attributes = {} } = more;
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, outputHeight, outputWidth } = window;
  const { dilationHeight, dilationWidth, padTop, padLeft, height, width } = window;
  // Padding after the last pixel: as much as the last window needs.
  const padBottom =
    (outputHeight - 1) * strideHeight + (kernelHeight - 1) * dilationHeight + 1 - padTop - height;
  const padRight = (outputWidth - 1) * strideWidth + (kernelWidth - 1) * dilationWidth + 1 - padLeft - width;
  const name = scope.add(operator, [scope.channelsFirst(x).name, ...inputs], {
    kernel_shape: { ints: [kernelHeight, kernelWidth] },
    strides: { ints: [strideHeight, strideWidth] },
    pads: { ints: [padTop, padLeft, Math.max(0, padBottom), Math.max(0, padRight)] },
    ...attributes,
  });
  return { name, shape: [outputHeight, outputWidth, channels], channelsFirst: true };
}

/** The mean over the image is (N, C), so it is the same in both layouts. */
export const globalAveragePool2d: LayerExport = (_options, x, scope) => ({
  name: mean(scope, x.name, x.channelsFirst ? [2, 3] : [1, 2]),
  shape: [x.shape[2]!],
  channelsFirst: false,
});

/** The mean over the steps: (N, T, D) → (N, D). */
export const globalAveragePool1d: LayerExport = (_options, x, scope) => ({
  name: mean(scope, x.name, [1]),
  shape: [x.shape[1]!],
  channelsFirst: false,
});

function mean(scope: LayerScope, x: string, axes: readonly number[]): string {
  return scope.add("ReduceMean", [x], { axes: { ints: axes }, keepdims: { int: 0 } });
}

/**
 * Pads an image with zeros, in the layout of x. The zeros are −0, because ONNX Runtime 1.30 merges a Pad with
 * +0 into a following pool (pad_fusion.cc). The pool then ignores the zeros, or fails if they fill its
 * window.
 */
export const pad: LayerExport<typeof Pad> = ({ padding }, x, scope) => {
  const [vertical, horizontal] = typeof padding === "number" ? [padding, padding] : padding;
  const [[top, bottom], [left, right]] = [toPair(vertical!), toPair(horizontal!)];
  const before = x.channelsFirst ? [0, 0, top, left] : [0, top, left, 0];
  const after = x.channelsFirst ? [0, 0, bottom, right] : [0, bottom, right, 0];
  const [H, W, C] = x.shape;
  return {
    ...x,
    name: scope.add("Pad", [x.name, scope.integers([...before, ...after]), scope.scalar(-0)]),
    shape: [top + H! + bottom, left + W! + right, C!],
  };
};
