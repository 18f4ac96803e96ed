// Generators of random convolutions for the tests of this folder: small images, arbitrary windows.

import fc from "fast-check";

import type { Window } from "../backend.ts";
import type { Tensor } from "../tensor.ts";

/** A convolution of x (N, H, W, C) with a window and F filters. */
export interface ConvolutionCase {
  readonly N: number;
  readonly C: number;
  readonly F: number;
  readonly groups: number;
  readonly window: Window;
}

const upTo = (max: number) => fc.integer({ min: 1, max });

const axis = fc
  .record({
    extent: upTo(6),
    kernel: upTo(3),
    stride: upTo(3),
    dilation: upTo(3),
    before: fc.nat(3),
    after: fc.nat(3),
  })
  .map(({ extent, kernel, stride, dilation, before, after }) => {
    const reach = (kernel - 1) * dilation + 1;
    const outputs = Math.floor((before + extent + after - reach) / stride) + 1;
    return { extent, kernel, stride, dilation, before, outputs };
  })
  .filter(({ outputs }) => outputs >= 1);

const windows = fc.record({ rows: axis, columns: axis }).map(({ rows, columns }): Window => ({
  height: rows.extent,
  width: columns.extent,
  kernelHeight: rows.kernel,
  kernelWidth: columns.kernel,
  strideHeight: rows.stride,
  strideWidth: columns.stride,
  dilationHeight: rows.dilation,
  dilationWidth: columns.dilation,
  padTop: rows.before,
  padLeft: columns.before,
  outputHeight: rows.outputs,
  outputWidth: columns.outputs,
}));

/** Generates convolutions with at most `maxGroups` groups. */
export const convolutions = (maxGroups: number): fc.Arbitrary<ConvolutionCase> =>
  fc
    .record({ N: upTo(2), groups: upTo(maxGroups), groupC: upTo(3), groupF: upTo(3), window: windows })
    .map(({ N, groups, groupC, groupF, window }) => ({
      N,
      C: groups * groupC,
      F: groups * groupF,
      groups,
      window,
    }));

/** Returns the shapes of a convolution's input, weight and output. */
export function getConvolutionShapes({ N, C, F, groups, window }: ConvolutionCase) {
  return {
    x: [N, window.height, window.width, C],
    weight: [window.kernelHeight, window.kernelWidth, C / groups, F],
    y: [N, window.outputHeight, window.outputWidth, F],
  };
}

/** Returns the number at these indices, one index per axis. */
export function getElement({ shape, data }: Tensor, ...indices: readonly number[]): number {
  return data[indices.reduce((place, index, i) => place * shape[i]! + index, 0)]!;
}

/** Returns x[n, iy, ix, c]; 0 outside the image. */
export function getPixel(x: Tensor, n: number, iy: number, ix: number, c: number): number {
  const [, H = 0, W = 0] = x.shape;
  return iy >= 0 && iy < H && ix >= 0 && ix < W ? getElement(x, n, iy, ix, c) : 0;
}
