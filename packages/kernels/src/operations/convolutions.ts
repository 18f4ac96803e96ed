import {
  chooseConvolutionMethod,
  type Convolution,
  type ConvolutionInputGradient,
  type ConvolutionWeightGradient,
  type Tensor,
  type Window,
} from "@nn/tensor";

import {
  planBatchVectorizedForward,
  planBatchVectorizedInputGradient,
  shouldVectorizeAcrossImages,
  countBatchVectorizedWorkspaceWords,
  writeBatchVectorizedPlan,
  type BatchVectorizedPlan,
} from "../batch-vectorized-convolution.ts";
import { getActivationCode, getLeakyReluSlope } from "../activation-codes.ts";
import {
  computeConvolutionBufferSizes,
  countConvolutionWorkspaceWords,
  writeGeometry,
} from "../convolution.ts";
import { getLastAxisSize, FLOATS_PER_CACHE_LINE, type Engine } from "../engine.ts";
import type { Split } from "../threads/split.ts";
import { splitByImages, computeImageBytes } from "./image-ranges.ts";
import { allFinite } from "./reductions.ts";
import * as winograd from "./winograd.ts";

/** A common multiple of the heights of both tiles in assembly/segments.ts. */
const TILE_ROWS = 8;
/** Number of lanes in assembly/across-images.ts. */
const IMAGES_ACROSS = 16;

/** out = activation(x ∗ W + bias), split by images; see `Backend.convolve`. */
export function convolve(engine: Engine, convolution: Convolution): void {
  const { window, groups, x, weight, bias, activation, out } = convolution;
  if (chooseConvolutionMethod(window, groups, getLastAxisSize(x), getLastAxisSize(out)) === "winograd") {
    winograd.convolve(engine, convolution);
    return;
  }
  const [xAddress, outAddress] = [engine.address(x), engine.address(out)];
  const [xImage, outImage] = [computeImageBytes(x), computeImageBytes(out)];
  const across = planBatchVectorizedForward(window, x.shape[0]!, getLastAxisSize(x), getLastAxisSize(out));
  // Computing across images skips padding, which gives the same bytes unless a weight is infinite or NaN.
  if (shouldVectorizeAcrossImages(across, groups, false) && allFinite(engine, weight)) {
    engine.run(engine.kernels.convolveAcross, byLanes(out, weight), (from, to, thread) => [
      writeLanePlan(engine, across, to - from, thread),
      xAddress + from * xImage,
      engine.address(weight),
      0,
      bias === undefined ? 0 : engine.address(bias),
      getActivationCode(activation),
      getLeakyReluSlope(activation),
      outAddress + from * outImage,
    ]);
    return;
  }
  engine.run(engine.kernels.convolve, splitByImages(out, weight), (from, to, thread) => [
    writeGeometryToWorkspace(engine, window, groups, x, getLastAxisSize(out), to - from, thread),
    xAddress + from * xImage,
    engine.address(weight),
    bias === undefined ? 0 : engine.address(bias),
    getActivationCode(activation),
    getLeakyReluSlope(activation),
    outAddress + from * outImage,
  ]);
}

/** dx = ∂loss/∂x, split by images; see `Backend.convolveInputGradient`. */
export function convolveInputGradient(engine: Engine, gradient: ConvolutionInputGradient): void {
  const { window, groups, dy, weight, dx } = gradient;
  if (chooseConvolutionMethod(window, groups, getLastAxisSize(dx), getLastAxisSize(dy)) === "winograd") {
    winograd.convolveInputGradient(engine, gradient);
    return;
  }
  const [dyAddress, dxAddress] = [engine.address(dy), engine.address(dx)];
  const [dyImage, dxImage] = [computeImageBytes(dy), computeImageBytes(dx)];
  const across = planBatchVectorizedInputGradient(
    window,
    dy.shape[0]!,
    getLastAxisSize(dx),
    getLastAxisSize(dy),
  );
  if (shouldVectorizeAcrossImages(across, groups, true)) {
    engine.run(engine.kernels.convolveAcross, byLanes(dy, weight), (from, to, thread) => [
      writeLanePlan(engine, across, to - from, thread),
      dyAddress + from * dyImage,
      engine.address(weight),
      1,
      0,
      getActivationCode(undefined),
      0,
      dxAddress + from * dxImage,
    ]);
    return;
  }
  engine.run(engine.kernels.convolveInputGradient, splitByImages(dy, weight), (from, to, thread) => [
    writeGeometryToWorkspace(engine, window, groups, dx, getLastAxisSize(dy), to - from, thread),
    dyAddress + from * dyImage,
    engine.address(weight),
    dxAddress + from * dxImage,
  ]);
}

/**
 * dw += ∂loss/∂W; see `Backend.convolveWeightGradient`. Every image contributes to all of dW, so dW is split
 * among threads, not the images. It is split by filters if there are at least 32 filters and one group.
 * Otherwise it is split by (ky, kx, c), and each thread packs all of dy.
 */
export function convolveWeightGradient(engine: Engine, gradient: ConvolutionWeightGradient): void {
  const { window, groups, x, dy, dw } = gradient;
  if (chooseConvolutionMethod(window, groups, getLastAxisSize(x), getLastAxisSize(dy)) === "winograd") {
    winograd.convolveWeightGradient(engine, gradient);
    return;
  }
  const [images = 0] = x.shape;
  const filters = getLastAxisSize(dw);
  const rows = dw.data.length / filters;
  const byFilters = groups === 1 && filters >= 2 * FLOATS_PER_CACHE_LINE;
  const { work } = splitByImages(dy, dw);
  engine.run(
    engine.kernels.convolveWeightGradient,
    byFilters
      ? { extent: filters, grain: FLOATS_PER_CACHE_LINE, work }
      : { extent: rows, grain: TILE_ROWS, work },
    (from, to, thread) => {
      const [firstRow, rowCount] = byFilters ? [0, rows] : [from, to - from];
      const [firstFilter, filterCount] = byFilters ? [from, to - from] : [0, filters / groups];
      return [
        writeGeometryToWorkspace(engine, window, groups, x, filters, images, thread),
        engine.address(x),
        engine.address(dy),
        engine.address(dw),
        firstRow,
        rowCount,
        firstFilter,
        filterCount,
      ];
    },
  );
}

/** Splits by images, in multiples of the number of lanes. */
function byLanes(out: Tensor, weight: Tensor): Split {
  return { ...splitByImages(out, weight), grain: IMAGES_ACROSS };
}

/**
 * Writes the plan of a convolution that is vectorized across images into the workspace of a thread. Returns
 * its address.
 */
function writeLanePlan(engine: Engine, across: BatchVectorizedPlan, images: number, thread: number): number {
  const words = countBatchVectorizedWorkspaceWords(across);
  const address = engine.workspace(words * 4, thread);
  const part = { ...across, images };
  writeBatchVectorizedPlan(new Int32Array(engine.memory.buffer, address, words), address, part);
  return address;
}

/**
 * Writes the geometry of a convolution of `images` images into the workspace of a thread. Returns its
 * address.
 */
function writeGeometryToWorkspace(
  engine: Engine,
  window: Window,
  groups: number,
  x: Tensor,
  filters: number,
  images: number,
  thread: number,
): number {
  const channels = getLastAxisSize(x);
  const sizes = computeConvolutionBufferSizes(window, groups, channels, filters);
  const words = countConvolutionWorkspaceWords(sizes);
  const address = engine.workspace(words * 4, thread);
  writeGeometry(
    new Int32Array(engine.memory.buffer, address, words),
    address,
    { window, groups, images, channels, filters },
    sizes,
  );
  return address;
}
