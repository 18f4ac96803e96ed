import {
  BLOCK_ROWS,
  type ChannelGradientSums,
  type ChannelInputGradient,
  type ChannelMoments,
  type ChannelNormalization,
} from "../channel-normalization.ts";
import type { Tensor } from "../tensor.ts";
import { createActivation } from "./activations.ts";
import type { Round } from "./rounding.ts";

/** Computes μ and σ² of each channel of each segment. See ChannelMoments. */
export function channelMoments(round: Round, { x, mean, variance }: ChannelMoments): void {
  const { P, C } = shapeOf(x, mean);
  for (let channel = 0; channel < mean.data.length; channel++) {
    let average = 0;
    let squares = 0;
    for (const { first, n, t } of blocksOf(channel, P, C)) {
      let sum = 0;
      for (let row = 0; row < n; row++) sum = round(sum + x.data[first + row * C]!);
      const c = round(sum / n);
      let s = 0;
      let q = 0;
      for (let row = 0; row < n; row++) {
        const d = round(x.data[first + row * C]! - c);
        s = round(s + d);
        q = round(q + round(d * d));
      }
      const w = n / (t + n);
      const delta = c + s / n - average;
      squares += q - s * (s / n) + delta * delta * (t * w);
      average += delta * w;
    }
    mean.data[channel] = average;
    variance.data[channel] = (squares < 0 ? 0 : squares) / P;
  }
}

/** out = activation((x − mean)·scale + shift). */
export function normalizeChannels(round: Round, normalization: ChannelNormalization): void {
  const { x, mean, scale, shift, activation, out } = normalization;
  const { P, C } = shapeOf(x, mean);
  const f = activation === undefined ? undefined : createActivation(round, activation).f;
  for (let i = 0; i < x.data.length; i++) {
    const channel = channelOf(i, P, C);
    const normal = round(round(x.data[i]! - mean.data[channel]!) * scale.data[channel]!);
    const y = round(normal + shift.data[i % C]!);
    out.data[i] = f === undefined ? y : f(y);
  }
}

/** sum = Σ dy, projection = Σ dy·(x − mean). See ChannelGradientSums. */
export function channelGradientSums(
  round: Round,
  { x, dy, mean, sum, projection }: ChannelGradientSums,
): void {
  const { P, C } = shapeOf(x, mean);
  for (let channel = 0; channel < mean.data.length; channel++) {
    let total = 0;
    let projected = 0;
    for (const { first, n } of blocksOf(channel, P, C)) {
      let s = 0;
      let p = 0;
      for (let row = 0; row < n; row++) {
        const i = first + row * C;
        s = round(s + dy.data[i]!);
        p = round(p + round(dy.data[i]! * round(x.data[i]! - mean.data[channel]!)));
      }
      total += s;
      projected += p;
    }
    sum.data[channel] = total;
    projection.data[channel] = projected;
  }
}

/** out = (dy·slope − offset) − (x − mean)·inputSlope. */
export function channelInputGradient(
  round: Round,
  { x, dy, mean, slope, offset, inputSlope, out }: ChannelInputGradient,
): void {
  const { P, C } = shapeOf(x, mean);
  for (let i = 0; i < x.data.length; i++) {
    const channel = channelOf(i, P, C);
    const own = round(round(dy.data[i]! * slope.data[channel]!) - offset.data[channel]!);
    out.data[i] = round(own - round(round(x.data[i]! - mean.data[channel]!) * inputSlope.data[channel]!));
  }
}

/** Returns P and C. x is treated as (S, P, C); `perChannel` is (S, C). */
function shapeOf(x: Tensor, perChannel: Tensor): { P: number; C: number } {
  return { P: x.data.length / perChannel.data.length, C: perChannel.shape.at(-1) ?? 1 };
}

/** Returns the index, in (S, C), of the channel of number i of x (S, P, C). */
function channelOf(i: number, P: number, C: number): number {
  return Math.floor(i / (P * C)) * C + (i % C);
}

/**
 * Yields the blocks of rows of one of the S·C channels. `first` is the index in x of the block's first
 * number, `n` is its number of rows, and `t` is the number of rows before it in the segment.
 */
function* blocksOf(
  channel: number,
  P: number,
  C: number,
): Generator<{ first: number; n: number; t: number }> {
  const start = Math.floor(channel / C) * P * C + (channel % C);
  for (let t = 0; t < P; t += BLOCK_ROWS) {
    yield { first: start + t * C, n: Math.min(BLOCK_ROWS, P - t), t };
  }
}
