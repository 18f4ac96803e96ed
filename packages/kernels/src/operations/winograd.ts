import type { Convolution, ConvolutionInputGradient, ConvolutionWeightGradient } from "@nn/tensor";

import { getActivationCode, getLeakyReluSlope } from "../activation-codes.ts";
import { getLastAxisSize, FLOATS_PER_CACHE_LINE, type Engine } from "../engine.ts";
import {
  planWinogradInputGradient,
  planWinogradForward,
  countWinogradWorkspaceWords,
  writeWinogradPlan,
  type WinogradPlan,
} from "../winograd.ts";
import { splitByImages, computeImageBytes } from "./image-ranges.ts";

/** out = activation(x ∗ W + bias), split by images. */
export function convolve(engine: Engine, { window, x, weight, bias, activation, out }: Convolution): void {
  const [xAddress, outAddress] = [engine.address(x), engine.address(out)];
  const [xImage, outImage] = [computeImageBytes(x), computeImageBytes(out)];
  const [C, F] = [getLastAxisSize(x), getLastAxisSize(out)];
  engine.run(engine.kernels.winogradConvolve, splitByImages(out, weight), (from, to, thread) => [
    writePlan(engine, planWinogradForward(window, to - from, C, F), thread),
    xAddress + from * xImage,
    engine.address(weight),
    0,
    bias === undefined ? 0 : engine.address(bias),
    getActivationCode(activation),
    getLeakyReluSlope(activation),
    outAddress + from * outImage,
  ]);
}

/** dx = ∂loss/∂x, split by images: a convolution of dy with the weights rotated by 180 degrees. */
export function convolveInputGradient(
  engine: Engine,
  { window, dy, weight, dx }: ConvolutionInputGradient,
): void {
  const [dyAddress, dxAddress] = [engine.address(dy), engine.address(dx)];
  const [dyImage, dxImage] = [computeImageBytes(dy), computeImageBytes(dx)];
  const [C, F] = [getLastAxisSize(dx), getLastAxisSize(dy)];
  engine.run(engine.kernels.winogradConvolve, splitByImages(dy, weight), (from, to, thread) => [
    writePlan(engine, planWinogradInputGradient(window, to - from, C, F), thread),
    dyAddress + from * dyImage,
    engine.address(weight),
    1,
    0,
    getActivationCode(undefined),
    0,
    dxAddress + from * dxImage,
  ]);
}

/**
 * dw += ∂loss/∂W. Every image contributes to all of dW, so it is split by filters. Each thread transforms all
 * of x.
 */
export function convolveWeightGradient(
  engine: Engine,
  { window, x, dy, dw }: ConvolutionWeightGradient,
): void {
  const [C, F] = [getLastAxisSize(x), getLastAxisSize(dy)];
  const split = { extent: F, grain: FLOATS_PER_CACHE_LINE, work: splitByImages(dy, dw).work };
  engine.run(engine.kernels.winogradWeightGradient, split, (from, to, thread) => [
    writePlan(engine, planWinogradForward(window, x.shape[0]!, C, F), thread),
    engine.address(x),
    engine.address(dy),
    engine.address(dw),
    from,
    to,
  ]);
}

/** Writes the plan of a convolution into the workspace of a thread. Returns the address of the workspace. */
function writePlan(engine: Engine, tiled: WinogradPlan, thread: number): number {
  const words = countWinogradWorkspaceWords(tiled);
  const address = engine.workspace(words * 4, thread);
  writeWinogradPlan(new Int32Array(engine.memory.buffer, address, words), address, tiled);
  return address;
}
