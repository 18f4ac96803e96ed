import { createRng, exp, log } from "@nn/tensor";
import { expect, test } from "vitest";
import { logExpectedImprovement } from "./expected-improvement.ts";

test("is the mean amount by which normal draws are below the least", () => {
  const rng = createRng(1);
  const [mean, deviation, least] = [0.4, 0.5, 0];
  const draws = 200_000;
  let sum = 0;
  for (let i = 0; i < draws; i++) sum += Math.max(0, least - (mean + deviation * rng.normal()));
  expect(exp(logExpectedImprovement({ mean, deviation }, least))).toBeCloseTo(sum / draws, 3);
});

test("a mean equal to the least gives σ·φ(0), and a certain prediction gives the difference", () => {
  expect(logExpectedImprovement({ mean: 1, deviation: 2 }, 1)).toBeCloseTo(
    log(2 / Math.sqrt(2 * Math.PI)),
    12,
  );
  expect(exp(logExpectedImprovement({ mean: -3, deviation: 0 }, 1))).toBeCloseTo(4, 6);
});

test("decreases as the mean rises, even far from the least and between its two formulas", () => {
  let before = Infinity;
  for (let mean = -2; mean < 50; mean += 0.01) {
    const value = logExpectedImprovement({ mean, deviation: 1 }, 0);
    expect(value).toBeLessThan(before);
    before = value;
  }
});
