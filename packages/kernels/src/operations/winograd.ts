import type { Convolution, ConvolutionInputGradient, ConvolutionWeightGradient } from "@nn/tensor";

import { codeOf, slopeOf } from "../activation-codes.ts";
import { lastAxisSize, FLOATS_PER_CACHE_LINE, type Engine } from "../engine.ts";
import {
  planWinogradInputGradient,
  planWinogradForward,
  winogradWorkspaceWords,
  writeWinogradPlan,
  type WinogradPlan,
} from "../winograd.ts";
import { byImages, bytesOfImage } from "./image-ranges.ts";

/** out = activation(x ∗ W + bias), split by images. */
export function convolve(engine: Engine, { window, x, weight, bias, activation, out }: Convolution): void {
  const [xAddress, outAddress] = [engine.address(x), engine.address(out)];
  const [xImage, outImage] = [bytesOfImage(x), bytesOfImage(out)];
  const [C, F] = [lastAxisSize(x), lastAxisSize(out)];
  engine.run(engine.kernels.winogradConvolve, byImages(out, weight), (from, to, thread) => [
    room(engine, planWinogradForward(window, to - from, C, F), thread),
    xAddress + from * xImage,
    engine.address(weight),
    0,
    bias === undefined ? 0 : engine.address(bias),
    codeOf(activation),
    slopeOf(activation),
    outAddress + from * outImage,
  ]);
}

/** dx = ∂loss/∂x, split by images: a convolution of dy with the weights rotated by 180 degrees. */
export function convolveInputGradient(
  engine: Engine,
  { window, dy, weight, dx }: ConvolutionInputGradient,
): void {
  const [dyAddress, dxAddress] = [engine.address(dy), engine.address(dx)];
  const [dyImage, dxImage] = [bytesOfImage(dy), bytesOfImage(dx)];
  const [C, F] = [lastAxisSize(dx), lastAxisSize(dy)];
  engine.run(engine.kernels.winogradConvolve, byImages(dy, weight), (from, to, thread) => [
    room(engine, planWinogradInputGradient(window, to - from, C, F), thread),
    dyAddress + from * dyImage,
    engine.address(weight),
    1,
    0,
    codeOf(undefined),
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
  const [C, F] = [lastAxisSize(x), lastAxisSize(dy)];
  const split = { extent: F, grain: FLOATS_PER_CACHE_LINE, work: byImages(dy, dw).work };
  engine.run(engine.kernels.winogradWeightGradient, split, (from, to, thread) => [
    room(engine, planWinogradForward(window, x.shape[0]!, C, F), thread),
    engine.address(x),
    engine.address(dy),
    engine.address(dw),
    from,
    to,
  ]);
}

/** Writes the plan of a convolution into the workspace of a thread. Returns the address of the workspace. */
function room(engine: Engine, tiled: WinogradPlan, thread: number): number {
  const words = winogradWorkspaceWords(tiled);
  const address = engine.memoryFor(words * 4, thread);
  writeWinogradPlan(new Int32Array(engine.memory.buffer, address, words), address, tiled);
  return address;
}
