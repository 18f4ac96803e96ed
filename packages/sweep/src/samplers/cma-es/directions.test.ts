import { createRng } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { drawMirroredOrthogonal } from "./directions.ts";

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

test("every second point mirrors the one before it, and each n of the others are orthogonal", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat({ max: 40 }), fc.maxSafeNat(), (n, count, seed) => {
      const points = drawMirroredOrthogonal(n, count, createRng(seed));
      expect(points).toHaveLength(count);
      const firsts = points.filter((_, index) => index % 2 === 0);
      for (let index = 1; index < count; index += 2) {
        expect([...points[index]!]).toEqual([...firsts[(index - 1) / 2]!].map((x) => -x));
      }
      const blocks = Map.groupBy(firsts.keys(), (index) => Math.floor(index / n));
      const pairs = [...blocks.values()].flatMap((block) =>
        block.flatMap((i) => block.filter((j) => j > i).map((j) => [firsts[i]!, firsts[j]!] as const)),
      );
      for (const [one, other] of pairs) expect(dot(one, other)).toBeCloseTo(0, 9);
    }),
  );
});

test("each coordinate has mean 0 and variance 1", () => {
  const [n, count] = [3, 6];
  const all = Array.from({ length: 2000 }, (_, seed) =>
    drawMirroredOrthogonal(n, count, createRng(seed)),
  ).flat();
  for (let d = 0; d < n; d++) {
    const mean = all.reduce((sum, point) => sum + point[d]!, 0) / all.length;
    const variance = all.reduce((sum, point) => sum + point[d]! * point[d]!, 0) / all.length;
    expect(mean).toBeCloseTo(0, 12);
    // Four standard deviations of the variance of 6000 pairs are 0.07.
    expect(Math.abs(variance - 1)).toBeLessThan(0.07);
  }
});

test("without coordinates, it returns as many points, all of them empty", () => {
  expect(drawMirroredOrthogonal(0, 3, createRng(1)).map((point) => point.length)).toEqual([0, 0, 0]);
});
