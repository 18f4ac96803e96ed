import { expect, test } from "vitest";

import { readGolden } from "../../test/golden.ts";
import { computePower, computeRequiredSeeds } from "./power.ts";

interface Golden {
  readonly paired: boolean;
  readonly effect: number;
  readonly seeds: number;
  readonly significance: number;
  readonly power: number;
}
const golden: {
  readonly power: readonly Golden[];
  readonly seeds: readonly { paired: boolean; effect: number; power: number; needed: number }[];
} = readGolden("comparison");

test.each(golden.power)("the power for $effect deviations and $seeds seeds is SciPy's", (values) => {
  const { effect, power, ...plan } = values;
  expect(computePower({ difference: effect, deviation: 1, ...plan })).toBeCloseTo(power, 10);
});

test("the number of seeds is that of statsmodels, rounded up", () => {
  expect(golden.seeds.length).toBeGreaterThan(25);
  for (const { effect, needed, ...plan } of golden.seeds)
    expect(computeRequiredSeeds({ difference: 3 * effect, deviation: 3, ...plan })).toBe(Math.ceil(needed));
});

test("the examples of R's power.t.test have their published results", () => {
  // power.t.test(n = 20, delta = 1, sd = 1): 0.8689528, without the 2e-7 of the other direction.
  expect(computePower({ difference: 1, deviation: 1, seeds: 20, paired: false })).toBeCloseTo(0.868953, 6);
  // power.t.test(power = .90, delta = 1): n = 22.02110
  expect(computeRequiredSeeds({ difference: 1, deviation: 1, paired: false, power: 0.9 })).toBe(23);
});

test("without a difference, the power is the significance", () => {
  for (const significance of [0.05, 0.001])
    for (const deviation of [1, 0])
      expect(computePower({ difference: 0, deviation, seeds: 5, paired: true, significance })).toBeCloseTo(
        significance,
        9,
      );
});

test("one seed fewer has less than the required power", () => {
  for (const difference of [0.05, -0.3, 0.9, 1.7])
    for (const paired of [true, false]) {
      const plan = { difference, deviation: 1, paired };
      const seeds = computeRequiredSeeds(plan);
      expect(computePower({ ...plan, seeds })).toBeGreaterThanOrEqual(0.8);
      expect(computePower({ ...plan, seeds: seeds - 1 })).toBeLessThan(0.8);
    }
});

test("without deviation, two seeds detect any difference", () => {
  expect(computeRequiredSeeds({ difference: 1e-9, deviation: 0, paired: false })).toBe(2);
  expect(computePower({ difference: 1e-9, deviation: 0, seeds: 2, paired: false })).toBe(1);
});

test("rejects plans that no number of seeds can satisfy", () => {
  const plan = { difference: 1, deviation: 1, paired: true };
  expect(() => computePower({ ...plan, seeds: 1 })).toThrow(
    new RangeError("computePower: seeds must be a whole number from 2, got 1."),
  );
  expect(() => computePower({ ...plan, seeds: 2, deviation: -1 })).toThrow(
    "deviation must be a finite number from 0",
  );
  expect(() => computePower({ ...plan, seeds: 2, difference: NaN })).toThrow(
    "difference must be a finite number",
  );
  expect(() => computeRequiredSeeds({ ...plan, significance: 1 })).toThrow(
    "computeRequiredSeeds: significance must be between 0 and 1, got 1.",
  );
  expect(() => computeRequiredSeeds({ ...plan, power: 1 })).toThrow("power must be between 0 and 1, got 1.");
  expect(() => computeRequiredSeeds({ ...plan, difference: 0 })).toThrow("difference must not be 0.");
  expect(() => computeRequiredSeeds({ ...plan, difference: 1e-6 })).toThrow(
    "needs more than 1000000000 seeds.",
  );
});
