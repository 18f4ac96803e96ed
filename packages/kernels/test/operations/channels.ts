import fc from "fast-check";

import { anyActivation, axisSize, seed, type OperationCase, type OperationCases } from "../same-bytes.ts";

/** S segments of P rows with C channels. P is near multiples of the block size 64. */
const shape = fc.record({
  S: fc.integer({ min: 1, max: 3 }),
  P: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(63, 64, 65, 128, 200)),
  C: axisSize,
});

const moments = fc.tuple(shape, seed).map(([{ S, P, C }, s]): OperationCase => (backend, draw) => {
  const mean = backend.allocate([S, C]);
  const variance = backend.allocate([S, C]);
  backend.channelMoments({ x: draw([S, P, C], s), mean, variance });
  return [mean, variance];
});

const forward = fc
  .tuple(shape, anyActivation, seed)
  .map(([{ S, P, C }, activation, s]): OperationCase => (backend, draw) => {
    const out = backend.allocate([S, P, C]);
    backend.normalizeChannels({
      x: draw([S, P, C], s),
      mean: draw([S, C], s + 1),
      scale: draw([S, C], s + 2),
      shift: draw([C], s + 3),
      ...(activation ? { activation } : {}),
      out,
    });
    return [out];
  });

const sums = fc.tuple(shape, seed).map(([{ S, P, C }, s]): OperationCase => (backend, draw) => {
  const sum = backend.allocate([S, C]);
  const projection = backend.allocate([S, C]);
  const [x, dy, mean] = [draw([S, P, C], s), draw([S, P, C], s + 1), draw([S, C], s + 2)];
  backend.channelGradientSums({ x, dy, mean, sum, projection });
  return [sum, projection];
});

const backward = fc.tuple(shape, seed).map(([{ S, P, C }, s]): OperationCase => (backend, draw) => {
  const dy = draw([S, P, C], s + 1);
  backend.channelInputGradient({
    x: draw([S, P, C], s),
    dy,
    mean: draw([S, C], s + 2),
    slope: draw([S, C], s + 3),
    offset: draw([S, C], s + 4),
    inputSlope: draw([S, C], s + 5),
    out: dy,
  });
  return [dy];
});

export const channels = {
  channelMoments: { "mean and variance": moments },
  normalizeChannels: { "with activation": forward },
  channelGradientSums: { "sums of a channel": sums },
  channelInputGradient: { "over dy": backward },
} satisfies OperationCases;
