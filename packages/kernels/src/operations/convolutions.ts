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
import { columnsOfLast, FLOAT, LINE, type Engine } from "../engine.ts";
import type { Split } from "../threads/split.ts";
import { allFinite } from "./reductions.ts";

/** A multiple of the heights of both tiles of assembly/segments.ts. */
const TILE_ROWS = 8;
/** The lanes of assembly/across-images.ts. */
const IMAGES_ACROSS = 16;

/** out, image by image. */
export function convolve(
  engine: Engine,
  { window, groups, x, weight, bias, activation, out }: Convolution,
): void {
  const [xAddress, outAddress] = [engine.address(x), engine.address(out)];
  const [xImage, outImage] = [bytesOfImage(x), bytesOfImage(out)];
  const across = acrossForward(window, x.shape[0]!, columnsOfLast(x), columnsOfLast(out));
  // What is padded is left out there: the same bytes unless a weight is infinite or NaN.
  if (paysAcross(across, groups, false) && allFinite(engine, weight)) {
    engine.run(engine.kernels.convolveAcross, byLanes(out, weight), (from, to, thread) => [
      lanes(engine, across, to - from, thread),
      xAddress + from * xImage,
      engine.address(weight),
      0,
      bias === undefined ? 0 : engine.address(bias),
      codeOf(activation),
      slopeOf(activation),
      outAddress + from * outImage,
    ]);
    return;
  }
  engine.run(engine.kernels.convolve, byImages(out, weight), (from, to, thread) => [
    geometry(engine, window, groups, x, columnsOfLast(out), to - from, thread),
    xAddress + from * xImage,
    engine.address(weight),
    bias === undefined ? 0 : engine.address(bias),
    codeOf(activation),
    slopeOf(activation),
    outAddress + from * outImage,
  ]);
}

/** dx, image by image. */
export function convolveInputGradient(
  engine: Engine,
  { window, groups, dy, weight, dx }: ConvolutionInputGradient,
): void {
  const [dyAddress, dxAddress] = [engine.address(dy), engine.address(dx)];
  const [dyImage, dxImage] = [bytesOfImage(dy), bytesOfImage(dx)];
  const across = acrossBackward(window, dy.shape[0]!, columnsOfLast(dx), columnsOfLast(dy));
  if (paysAcross(across, groups, true)) {
    engine.run(engine.kernels.convolveAcross, byLanes(dy, weight), (from, to, thread) => [
      lanes(engine, across, to - from, thread),
      dyAddress + from * dyImage,
      engine.address(weight),
      1,
      0,
      codeOf(undefined),
      0,
      dxAddress + from * dxImage,
    ]);
    return;
  }
  engine.run(engine.kernels.convolveInputGradient, byImages(dy, weight), (from, to, thread) => [
    geometry(engine, window, groups, dx, columnsOfLast(dy), to - from, thread),
    dyAddress + from * dyImage,
    engine.address(weight),
    dxAddress + from * dxImage,
  ]);
}

/**
 * Every image adds to all of dW, so it is shared out by filters where there are enough; else by (ky, kx, c), for which each thread packs
 * the whole of dy.
 */
export function convolveWeightGradient(
  engine: Engine,
  { window, groups, x, dy, dw }: ConvolutionWeightGradient,
): void {
  const [images = 0] = x.shape;
  const filters = columnsOfLast(dw);
  const rows = dw.data.length / filters;
  const byFilters = groups === 1 && filters >= 2 * LINE;
  const { work } = byImages(dy, dw);
  engine.run(
    engine.kernels.convolveWeightGradient,
    byFilters ? { extent: filters, grain: LINE, work } : { extent: rows, grain: TILE_ROWS, work },
    (from, to, thread) => {
      const [firstRow, rowCount] = byFilters ? [0, rows] : [from, to - from];
      const [firstFilter, filterCount] = byFilters ? [from, to - from] : [0, filters / groups];
      return [
        geometry(engine, window, groups, x, filters, images, thread),
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

/** Each number of out, or of dy, has a multiply-add for each weight of its filter. */
function byImages(out: Tensor, weight: Tensor): Split {
  const terms = weight.data.length / columnsOfLast(weight);
  return { extent: out.shape[0]!, grain: 1, work: out.data.length * terms };
}

/** Across images, as many as there are lanes go together. */
function byLanes(out: Tensor, weight: Tensor): Split {
  return { ...byImages(out, weight), grain: IMAGES_ACROSS };
}

function bytesOfImage({ data, shape }: Tensor): number {
  return (data.length / shape[0]!) * FLOAT;
}

/** The same as `geometry` for a convolution across images. */
function lanes(engine: Engine, across: Across, images: number, thread: number): number {
  const words = wordsOfAcross(across);
  const address = engine.roomFor(words * 4, thread);
  const part = { ...across, images };
  writeAcross(new Int32Array(engine.memory.buffer, address, words), address, part);
  return address;
}

/** Writes what a convolution of so many images is into a thread's room for its workings; returns its address. */
function geometry(
  engine: Engine,
  window: Window,
  groups: number,
  x: Tensor,
  filters: number,
  images: number,
  thread: number,
): number {
  const channels = columnsOfLast(x);
  const room = roomFor(window, groups, channels, filters);
  const words = wordsOf(room);
  const address = engine.roomFor(words * 4, thread);
  writeGeometry(
    new Int32Array(engine.memory.buffer, address, words),
    address,
    { window, groups, images, channels, filters },
    room,
  );
  return address;
}
