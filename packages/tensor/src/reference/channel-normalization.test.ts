import { describe, expect, test } from "vitest";

import { createRng } from "../rng.ts";
import { float32Backend, float64Backend, randomNormal, tensor } from "./sample-tensors.ts";

describe("mean and variance of a channel", () => {
  test("match their definition", () => {
    const x = tensor(float64Backend, [2, 3, 2], [1, 10, 2, 20, 6, 60, 0, 5, 0, 5, 0, 5]);
    const mean = float64Backend.allocate([2, 2]);
    const variance = float64Backend.allocate([2, 2]);
    float64Backend.channelMoments({ x, mean, variance });
    expect([...mean.data]).toEqual([3, 30, 0, 5]);
    for (const [c, expected] of [14 / 3, 1400 / 3, 0, 0].entries()) {
      expect(variance.data[c]).toBeCloseTo(expected, 10);
    }
  });

  // The mean of float32 numbers near 1000 cannot be more accurate than their spacing, 6e-5.
  test.each([
    { center: 0, first: 0, meanError: 1e-7, varianceError: 1e-6 },
    { center: 1000, first: 1000, meanError: 3.1e-5, varianceError: 1e-6 },
    { center: 1000, first: 0, meanError: 3.1e-5, varianceError: 1e-6 },
    { center: -1e6, first: -1e6, meanError: 0.04, varianceError: 1e-6 },
  ])(
    "in float32 are accurate for 12,544 numbers around $center whose first block is around $first",
    ({ center, first, meanError, varianceError }) => {
      const P = 64 * 14 * 14;
      const rng = createRng(3);
      const x = float32Backend.allocate([1, P, 1]);
      for (let i = 0; i < P; i++) x.data[i] = (i < 64 ? first : center) + rng.normal();
      const mean = float32Backend.allocate([1, 1]);
      const variance = float32Backend.allocate([1, 1]);
      float32Backend.channelMoments({ x, mean, variance });

      // The exact values, computed in float64 in two passes over the float32 numbers of x.
      const numbers = Array.from(x.data);
      const exactMean = numbers.reduce((sum, value) => sum + value, 0) / P;
      const exactVariance = numbers.reduce((sum, value) => sum + (value - exactMean) ** 2, 0) / P;
      expect(Math.abs(mean.data[0]! - exactMean)).toBeLessThan(meanError);
      expect(Math.abs(variance.data[0]! / exactVariance - 1)).toBeLessThan(varianceError);
    },
  );

  test("a channel of equal numbers has variance 0, never less", () => {
    for (const value of [0.1, -7.3, 1e5]) {
      const x = tensor(float32Backend, [1, 100, 1], Array<number>(100).fill(value));
      const variance = float32Backend.allocate([1, 1]);
      float32Backend.channelMoments({ x, mean: float32Backend.allocate([1, 1]), variance });
      expect(variance.data[0]).toBeGreaterThanOrEqual(0);
      expect(variance.data[0]).toBeLessThan(1e-12 * value * value);
    }
  });
});

test("numbers are normalized with the mean, scale and shift of their channel", () => {
  const out = float64Backend.allocate([2, 1, 2]);
  float64Backend.normalizeChannels({
    x: tensor(float64Backend, [2, 1, 2], [1, 2, 3, 4]),
    mean: tensor(float64Backend, [2, 2], [1, 1, 1, 2]),
    scale: tensor(float64Backend, [2, 2], [1, 10, 100, -1000]),
    shift: tensor(float64Backend, [2], [0, 0.5]),
    activation: { kind: "relu" },
    out,
  });
  expect([...out.data]).toEqual([0, 10.5, 200, 0]);
});

test("the sums of a channel's gradient in float32 agree with float64 to 1e-6 of their terms", () => {
  const [S, P, C] = [2, 1000, 3];
  const [x, dy, mean] = [
    [S, P, C],
    [S, P, C],
    [S, C],
  ].map((shape, i) => randomNormal(float32Backend, shape, i));
  const sum = float32Backend.allocate([S, C]);
  const projection = float32Backend.allocate([S, C]);
  float32Backend.channelGradientSums({ x: x!, dy: dy!, mean: mean!, sum, projection });
  for (let channel = 0; channel < S * C; channel++) {
    const first = Math.floor(channel / C) * P * C + (channel % C);
    const rows = Array.from({ length: P }, (_, row) => first + row * C);
    const exact = rows.reduce((total, i) => total + dy!.data[i]!, 0);
    const projected = rows.reduce(
      (total, i) => total + dy!.data[i]! * (x!.data[i]! - mean!.data[channel]!),
      0,
    );
    expect(Math.abs(sum.data[channel]! - exact)).toBeLessThan(1e-6 * P);
    expect(Math.abs(projection.data[channel]! - projected)).toBeLessThan(1e-6 * P);
  }
});

test("the input gradient is (dy·slope − offset) − (x − mean)·inputSlope", () => {
  const dy = tensor(float64Backend, [2, 2], [1, 2, 3, 4]);
  const perChannel = (...values: number[]) => tensor(float64Backend, [1, 2], values);
  float64Backend.channelInputGradient({
    x: tensor(float64Backend, [2, 2], [5, 6, 7, 8]),
    dy,
    mean: perChannel(5, 0),
    slope: perChannel(2, 10),
    offset: perChannel(1, 0),
    inputSlope: perChannel(1, 0.5),
    out: dy,
  });
  expect([...dy.data]).toEqual([1, 17, 3, 36]);
});
