import type {
  Convolution,
  ConvolutionInputGradient,
  ConvolutionWeightGradient,
  Tensor,
  Window,
} from "@nn/tensor";

import {
  acrossBackward,
  acrossForward,
  paysAcross,
  wordsOfAcross,
  writeAcross,
  type Across,
} from "../across-images.ts";
import { codeOf, slopeOf } from "../activation-codes.ts";
import { roomFor, wordsOf, writeGeometry } from "../convolution.ts";
import { columnsOfLast, type Engine } from "../engine.ts";
import { allFinite } from "./reductions.ts";

export function convolve(
  engine: Engine,
  { window, groups, x, weight, bias, activation, out }: Convolution,
): void {
  const across = acrossForward(window, x.shape[0]!, columnsOfLast(x), columnsOfLast(out));
  // What is padded is left out there: the same bytes unless a weight is infinite or NaN.
  if (paysAcross(across, groups, false) && allFinite(engine, weight)) {
    engine.kernels.convolveAcross(
      lanes(engine, across),
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
    geometry(engine, window, groups, x, columnsOfLast(out)),
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
  const across = acrossBackward(window, dy.shape[0]!, columnsOfLast(dx), columnsOfLast(dy));
  if (paysAcross(across, groups, true)) {
    engine.kernels.convolveAcross(
      lanes(engine, across),
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
    geometry(engine, window, groups, dx, columnsOfLast(dy)),
    engine.address(dy),
    engine.address(weight),
    engine.address(dx),
  );
}

export function convolveWeightGradient(
  engine: Engine,
  { window, groups, x, dy, dw }: ConvolutionWeightGradient,
): void {
  engine.kernels.convolveWeightGradient(
    geometry(engine, window, groups, x, columnsOfLast(dy)),
    engine.address(x),
    engine.address(dy),
    engine.address(dw),
  );
}

/** The same for a convolution across images. */
function lanes(engine: Engine, across: Across): number {
  const words = wordsOfAcross(across);
  const address = engine.roomFor(words * 4);
  writeAcross(new Int32Array(engine.memory.buffer, address, words), address, across);
  return address;
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
