import type {
  Convolution,
  ConvolutionInputGradient,
  ConvolutionWeightGradient,
  Tensor,
  Window,
} from "@nn/tensor";

import { codeOf, slopeOf } from "../activation-codes.ts";
import { roomFor, wordsOf, writeGeometry } from "../convolution.ts";
import { columnsOfLast, FLOAT, LINE, type Engine } from "../engine.ts";
import type { Split } from "../threads/split.ts";

/** A multiple of the heights of both tiles of assembly/segments.ts. */
const TILE_ROWS = 8;

/** out, image by image. */
export function convolve(
  engine: Engine,
  { window, groups, x, weight, bias, activation, out }: Convolution,
): void {
  const [xAddress, outAddress] = [engine.address(x), engine.address(out)];
  const [xImage, outImage] = [bytesOfImage(x), bytesOfImage(out)];
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

function bytesOfImage({ data, shape }: Tensor): number {
  return (data.length / shape[0]!) * FLOAT;
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
