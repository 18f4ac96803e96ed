import type {
  Convolution,
  ConvolutionInputGradient,
  ConvolutionWeightGradient,
  Tensor,
  Window,
} from "@nn/tensor";

import { codeOf, slopeOf } from "../activation-codes.ts";
import { roomFor, wordsOf, writeGeometry } from "../convolution.ts";
import { columnsOfLast, type Engine } from "../engine.ts";

export function convolve(
  engine: Engine,
  { window, groups, x, weight, bias, activation, out }: Convolution,
): void {
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
