import {
  ROWS_OF_BLOCK,
  type ChannelGradientSums,
  type ChannelInputGradient,
  type ChannelMoments,
  type ChannelNormalization,
  type Tensor,
} from "@nn/tensor";

import { codeOf, slopeOf } from "../activation-codes.ts";
import { columnsOfLast, type Engine } from "../engine.ts";

export function channelMoments(engine: Engine, { x, mean, variance }: ChannelMoments): void {
  const { segments, rows, columns } = extents(x, mean);
  engine.kernels.channelMoments(
    engine.address(x),
    segments,
    rows,
    columns,
    engine.address(mean),
    engine.address(variance),
    roomForPartials(engine, rows, 3 * columns),
  );
}

export function normalizeChannels(engine: Engine, normalization: ChannelNormalization): void {
  const { x, mean, scale, shift, activation, out } = normalization;
  const { segments, rows, columns } = extents(x, mean);
  engine.kernels.normalizeChannels(
    engine.address(x),
    segments,
    rows,
    columns,
    engine.address(mean),
    engine.address(scale),
    engine.address(shift),
    codeOf(activation),
    slopeOf(activation),
    engine.address(out),
  );
}

export function channelGradientSums(
  engine: Engine,
  { x, dy, mean, sum, projection }: ChannelGradientSums,
): void {
  const { segments, rows, columns } = extents(x, mean);
  engine.kernels.channelGradientSums(
    engine.address(x),
    engine.address(dy),
    segments,
    rows,
    columns,
    engine.address(mean),
    engine.address(sum),
    engine.address(projection),
    roomForPartials(engine, rows, 2 * columns),
  );
}

export function channelInputGradient(
  engine: Engine,
  { x, dy, mean, slope, offset, pull, out }: ChannelInputGradient,
): void {
  const { segments, rows, columns } = extents(x, mean);
  engine.kernels.channelInputGradient(
    engine.address(x),
    engine.address(dy),
    segments,
    rows,
    columns,
    engine.address(mean),
    engine.address(slope),
    engine.address(offset),
    engine.address(pull),
    engine.address(out),
  );
}

/** x counts as (segments, rows, columns), `perChannel` is (segments, columns). */
function extents(x: Tensor, perChannel: Tensor): { segments: number; rows: number; columns: number } {
  const columns = columnsOfLast(perChannel);
  const rows = x.data.length / perChannel.data.length;
  return { segments: perChannel.data.length / columns, rows, columns };
}

/** Room for what each block of the rows of a segment gives, so many float32 numbers. */
function roomForPartials(engine: Engine, rows: number, numbers: number): number {
  return engine.roomFor(Math.ceil(rows / ROWS_OF_BLOCK) * numbers * 4);
}
