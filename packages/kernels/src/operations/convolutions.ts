import {
  convolutionMethod,
  type Convolution,
  type ConvolutionInputGradient,
  type ConvolutionWeightGradient,
  type Tensor,
  type Window,
} from "@nn/tensor";

import { codeOf, slopeOf } from "../activation-codes.ts";
import { roomFor, wordsOf, writeGeometry } from "../convolution.ts";
import { columnsOfLast, type Engine } from "../engine.ts";
import { tiledBackward, tiledForward, wordsOfTiled, writeTiled, type Tiled } from "../winograd.ts";

export function convolve(
  engine: Engine,
  { window, groups, x, weight, bias, activation, out }: Convolution,
): void {
  const [C, F] = [columnsOfLast(x), columnsOfLast(out)];
  if (convolutionMethod(window, groups, C, F) === "winograd") {
    engine.kernels.winogradConvolve(
      tiles(engine, tiledForward(window, x.shape[0]!, C, F)),
      engine.address(x),
      engine.address(weight),
      0,
      bias === undefined ? 0 : engine.address(bias),
      codeOf(activation),
      slopeOf(activation),
      engine.address(out),
    );
    return;
  }
  engine.kernels.convolve(
    geometry(engine, window, groups, x, F),
    engine.address(x),
    engine.address(weight),
    bias === undefined ? 0 : engine.address(bias),
    codeOf(activation),
    slopeOf(activation),
    engine.address(out),
  );
}

export function convolveInputGradient(
  engine: Engine,
  { window, groups, dy, weight, dx }: ConvolutionInputGradient,
): void {
  const [C, F] = [columnsOfLast(dx), columnsOfLast(dy)];
  if (convolutionMethod(window, groups, C, F) === "winograd") {
    // The same as forward, with the weights turned.
    engine.kernels.winogradConvolve(
      tiles(engine, tiledBackward(window, dy.shape[0]!, C, F)),
      engine.address(dy),
      engine.address(weight),
      1,
      0,
      codeOf(undefined),
      0,
      engine.address(dx),
    );
    return;
  }
  engine.kernels.convolveInputGradient(
    geometry(engine, window, groups, dx, F),
    engine.address(dy),
    engine.address(weight),
    engine.address(dx),
  );
}

export function convolveWeightGradient(
  engine: Engine,
  { window, groups, x, dy, dw }: ConvolutionWeightGradient,
): void {
  const [C, F] = [columnsOfLast(x), columnsOfLast(dy)];
  if (convolutionMethod(window, groups, C, F) === "winograd") {
    engine.kernels.winogradWeightGradient(
      tiles(engine, tiledForward(window, x.shape[0]!, C, F)),
      engine.address(x),
      engine.address(dy),
      engine.address(dw),
      0,
      F,
    );
    return;
  }
  engine.kernels.convolveWeightGradient(
    geometry(engine, window, groups, x, F),
    engine.address(x),
    engine.address(dy),
    engine.address(dw),
  );
}

/** Writes what a convolution is into the room for its workings; returns its address. */
function geometry(engine: Engine, window: Window, groups: number, x: Tensor, filters: number): number {
  const room = roomFor(window, groups, columnsOfLast(x), filters);
  const words = wordsOf(room);
  const address = engine.roomFor(words * 4);
  writeGeometry(
    new Int32Array(engine.memory.buffer, address, words),
    address,
    { window, groups, x, filters },
    room,
  );
  return address;
}

/** The same for a convolution in tiles. */
function tiles(engine: Engine, tiled: Tiled): number {
  const words = wordsOfTiled(tiled);
  const address = engine.roomFor(words * 4);
  writeTiled(new Int32Array(engine.memory.buffer, address, words), address, tiled);
  return address;
}
