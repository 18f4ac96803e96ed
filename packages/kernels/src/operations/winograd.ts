import type { Convolution, ConvolutionInputGradient, ConvolutionWeightGradient } from "@nn/tensor";

import { codeOf, slopeOf } from "../activation-codes.ts";
import { columnsOfLast, type Engine } from "../engine.ts";
import { tiledBackward, tiledForward, wordsOfTiled, writeTiled, type Tiled } from "../winograd.ts";

export function convolve(engine: Engine, { window, x, weight, bias, activation, out }: Convolution): void {
  engine.kernels.winogradConvolve(
    room(engine, tiledForward(window, x.shape[0]!, columnsOfLast(x), columnsOfLast(out))),
    engine.address(x),
    engine.address(weight),
    0,
    bias === undefined ? 0 : engine.address(bias),
    codeOf(activation),
    slopeOf(activation),
    engine.address(out),
  );
}

/** The same as forward, with the weights turned. */
export function convolveInputGradient(
  engine: Engine,
  { window, dy, weight, dx }: ConvolutionInputGradient,
): void {
  engine.kernels.winogradConvolve(
    room(engine, tiledBackward(window, dy.shape[0]!, columnsOfLast(dx), columnsOfLast(dy))),
    engine.address(dy),
    engine.address(weight),
    1,
    0,
    codeOf(undefined),
    0,
    engine.address(dx),
  );
}

export function convolveWeightGradient(
  engine: Engine,
  { window, x, dy, dw }: ConvolutionWeightGradient,
): void {
  const filters = columnsOfLast(dy);
  engine.kernels.winogradWeightGradient(
    room(engine, tiledForward(window, x.shape[0]!, columnsOfLast(x), filters)),
    engine.address(x),
    engine.address(dy),
    engine.address(dw),
    0,
    filters,
  );
}

/** Writes what a convolution is into the room for its workings; returns its address. */
function room(engine: Engine, tiled: Tiled): number {
  const words = wordsOfTiled(tiled);
  const address = engine.roomFor(words * 4);
  writeTiled(new Int32Array(engine.memory.buffer, address, words), address, tiled);
  return address;
}
