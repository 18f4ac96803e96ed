import { createRng, exp, log } from "@nn/tensor";
import { expect, test } from "vitest";
import { logExpectedImprovement } from "./expected-improvement.ts";

test("is the mean amount by which normal draws are below the minimum", () => {
  const rng = createRng(1);
  const [mean, deviation, best] = [0.4, 0.5, 0];
  const draws = 200_000;
  let sum = 0;
  for (let i = 0; i < draws; i++) sum += Math.max(0, best - (mean + deviation * rng.normal()));
  expect(exp(logExpectedImprovement({ mean, deviation }, best))).toBeCloseTo(sum / draws, 3);
});

test("a mean equal to the minimum gives σ·φ(0), and a certain prediction gives the difference", () => {
  expect(logExpectedImprovement({ mean: 1, deviation: 2 }, 1)).toBeCloseTo(
    log(2 / Math.sqrt(2 * Math.PI)),
    12,
  );
  expect(exp(logExpectedImprovement({ mean: -3, deviation: 0 }, 1))).toBeCloseTo(4, 6);
});

/** Returns log ∫₀^∞ s·φ(s − z) ds, which is log EI of a deviation of 1, by the trapezoidal rule. */
function integrated(z: number): number {
  const step = 1e-4;
  let sum = 0;
  // φ(s − z) = φ(z)·exp(z·s − s²/2)
  for (let s = step; s < 12 && z * s > -60; s += step) sum += s * exp(z * s - (s * s) / 2);
  return (-z * z - log(2 * Math.PI)) / 2 + log(sum * step);
}

test.each([2, 0, -1, -3, -4.9])("agrees with the integral of the improvement, %d deviations away", (z) => {
  expect(logExpectedImprovement({ mean: -z, deviation: 1 }, 0)).toBeCloseTo(integrated(z), 5);
});

test.each([-5.1, -6, -8, -15, -40])("is within 15·z⁻⁴, its next term, of the integral at %d", (z) => {
  const off = logExpectedImprovement({ mean: -z, deviation: 1 }, 0) - integrated(z);
  expect(Math.abs(off)).toBeLessThan(15 / z ** 4);
});

test("a larger unit adds its logarithm, and has no other effect", () => {
  const one = logExpectedImprovement({ mean: 1, deviation: 0.5 }, 0.25);
  expect(logExpectedImprovement({ mean: 8, deviation: 4 }, 2)).toBeCloseTo(one + log(8), 12);
});

test("decreases as the mean rises, even far from the minimum and between its two formulas", () => {
  let before = Infinity;
  for (let mean = -2; mean < 50; mean += 0.01) {
    const value = logExpectedImprovement({ mean, deviation: 1 }, 0);
    expect(value).toBeLessThan(before);
    before = value;
  }
});
