import {
  BLOCK_ROWS,
  type ChannelGradientSums,
  type ChannelInputGradient,
  type ChannelMoments,
  type ChannelNormalization,
  type Tensor,
} from "@nn/tensor";

import { getActivationCode, getLeakyReluSlope } from "../activation-codes.ts";
import { getLastAxisSize, BYTES_PER_FLOAT, type Engine } from "../engine.ts";
import { ELEMENT_COST, type Split } from "../threads/split.ts";

// Several segments are split among threads by segment. A single segment is split by blocks of rows, and then
// one thread combines the sums of the blocks.

/** mean = Σ x / P, variance = Σ (x − mean)² / P of each channel; see `Backend.channelMoments`. */
export function channelMoments(engine: Engine, { x, mean, variance }: ChannelMoments): void {
  const { kernels } = engine;
  const extents = extentsOf(x, mean);
  const { segments, rows, columns, segment } = extents;
  const [xAddress, meanAddress] = [engine.address(x), engine.address(mean)];
  const varianceAddress = engine.address(variance);
  const row = columns * BYTES_PER_FLOAT;
  if (segments > 1) {
    engine.run(kernels.channelMoments, bySegments(extents), (from, to, thread) => [
      xAddress + from * segment,
      to - from,
      rows,
      columns,
      meanAddress + from * row,
      varianceAddress + from * row,
      workspaceForPartialSums(engine, rows, 3 * columns, thread),
    ]);
    return;
  }
  const partials = workspaceForPartialSums(engine, rows, 3 * columns, 0);
  engine.run(kernels.blockMoments, byBlocks(extents), (from, to) => [
    xAddress + from * row,
    to - from,
    columns,
    partials + (from / BLOCK_ROWS) * 3 * row,
  ]);
  kernels.joinMoments(partials, rows, columns, meanAddress, varianceAddress);
}

/** out = activation((x − mean)·scale + shift), channel by channel; see `Backend.normalizeChannels`. */
export function normalizeChannels(engine: Engine, normalization: ChannelNormalization): void {
  const { x, mean, scale, shift, activation, out } = normalization;
  const extents = extentsOf(x, mean);
  const part = partOf(extents);
  engine.run(engine.kernels.normalizeChannels, splitOf(extents), (from, to) => {
    const { segments, rows, numbersAt, channelsAt } = part(from, to);
    return [
      engine.address(x) + numbersAt,
      segments,
      rows,
      extents.columns,
      engine.address(mean) + channelsAt,
      engine.address(scale) + channelsAt,
      engine.address(shift),
      getActivationCode(activation),
      getLeakyReluSlope(activation),
      engine.address(out) + numbersAt,
    ];
  });
}

/** sum = Σ dy, projection = Σ dy·(x − mean) of each channel; see `Backend.channelGradientSums`. */
export function channelGradientSums(
  engine: Engine,
  { x, dy, mean, sum, projection }: ChannelGradientSums,
): void {
  const { kernels } = engine;
  const extents = extentsOf(x, mean);
  const { segments, rows, columns, segment } = extents;
  const [xAddress, dyAddress, meanAddress] = [engine.address(x), engine.address(dy), engine.address(mean)];
  const [sumAddress, projectionAddress] = [engine.address(sum), engine.address(projection)];
  const row = columns * BYTES_PER_FLOAT;
  if (segments > 1) {
    engine.run(kernels.channelGradientSums, bySegments(extents), (from, to, thread) => [
      xAddress + from * segment,
      dyAddress + from * segment,
      to - from,
      rows,
      columns,
      meanAddress + from * row,
      sumAddress + from * row,
      projectionAddress + from * row,
      workspaceForPartialSums(engine, rows, 2 * columns, thread),
    ]);
    return;
  }
  const partials = workspaceForPartialSums(engine, rows, 2 * columns, 0);
  engine.run(kernels.blockGradientSums, byBlocks(extents), (from, to) => [
    xAddress + from * row,
    dyAddress + from * row,
    to - from,
    columns,
    meanAddress,
    partials + (from / BLOCK_ROWS) * 2 * row,
  ]);
  kernels.joinGradientSums(partials, rows, columns, sumAddress, projectionAddress);
}

/** out = (dy·slope − offset) − (x − mean)·inputSlope; see `Backend.channelInputGradient`. */
export function channelInputGradient(
  engine: Engine,
  { x, dy, mean, slope, offset, inputSlope, out }: ChannelInputGradient,
): void {
  const extents = extentsOf(x, mean);
  const part = partOf(extents);
  engine.run(engine.kernels.channelInputGradient, splitOf(extents), (from, to) => {
    const { segments, rows, numbersAt, channelsAt } = part(from, to);
    return [
      engine.address(x) + numbersAt,
      engine.address(dy) + numbersAt,
      segments,
      rows,
      extents.columns,
      engine.address(mean) + channelsAt,
      engine.address(slope) + channelsAt,
      engine.address(offset) + channelsAt,
      engine.address(inputSlope) + channelsAt,
      engine.address(out) + numbersAt,
    ];
  });
}

/** The sizes of x, seen as (segments, rows, columns). */
interface Extents {
  readonly segments: number;
  readonly rows: number;
  readonly columns: number;
  /** Bytes per segment. */
  readonly segment: number;
  /** Cost of an operation that reads x once, in multiply-adds. */
  readonly work: number;
}

/** Returns the sizes of x. `perChannel` is (segments, columns). */
function extentsOf(x: Tensor, perChannel: Tensor): Extents {
  const columns = getLastAxisSize(perChannel);
  const rows = x.data.length / perChannel.data.length;
  const work = 2 * ELEMENT_COST * x.data.length;
  return {
    segments: perChannel.data.length / columns,
    rows,
    columns,
    segment: rows * columns * BYTES_PER_FLOAT,
    work,
  };
}

function bySegments({ segments, work }: Extents): Split {
  return { extent: segments, grain: 1, work };
}

function byBlocks({ rows, work }: Extents): Split {
  return { extent: rows, grain: BLOCK_ROWS, work };
}

function splitOf(extents: Extents): Split {
  return extents.segments > 1 ? bySegments(extents) : byBlocks(extents);
}

/**
 * Returns a function that converts a range of `splitOf` to a number of segments and rows, and to byte offsets
 * into x and into per-channel tensors.
 */
function partOf({ segments, rows, columns, segment }: Extents) {
  const row = columns * BYTES_PER_FLOAT;
  return (from: number, to: number) =>
    segments > 1
      ? { segments: to - from, rows, numbersAt: from * segment, channelsAt: from * row }
      : { segments: 1, rows: to - from, numbersAt: from * row, channelsAt: 0 };
}

/** Returns the address of a workspace with `numbers` float32 numbers per block of rows of a segment. */
function workspaceForPartialSums(engine: Engine, rows: number, numbers: number, thread: number): number {
  return engine.workspace(Math.ceil(rows / BLOCK_ROWS) * numbers * BYTES_PER_FLOAT, thread);
}
