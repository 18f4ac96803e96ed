import { createRng, exp, log, sin } from "@nn/tensor";
import { expect, test } from "vitest";
import { goldenOrdered, goldenProcesses } from "../../../test/golden-process.ts";
import { LikelihoodData, maximizeLikelihood } from "./likelihood.ts";

function dataOf({ places, targets }: (typeof goldenProcesses)[number]): LikelihoodData {
  return new LikelihoodData(
    places.map((place) => Float64Array.from(place)),
    Float64Array.from(targets),
    goldenOrdered,
  );
}

/** Returns the part of the objective that comes from the priors, with D = 3. */
function believed(parameters: Float64Array): number {
  return parameters.reduce((sum, parameter, d) => {
    const away = d < 3 ? parameter - log(Math.sqrt(3) / 2) : (parameter + 11) / 1.5;
    return sum + (away * away) / 2;
  }, 0);
}

test.each(goldenProcesses)("agrees with SciPy's likelihood of $targets.length targets", (golden) => {
  const n = golden.targets.length;
  const parameters = Float64Array.from([...golden.lengths, golden.noise], log);
  const { value, variance } = dataOf(golden).objective(parameters);
  expect(variance).toBeCloseTo(golden.bestVariance, 9);
  // The constant n/2·(log 2π + 1) is left out.
  const left = (n / 2) * (log(2 * Math.PI) + 1);
  expect(value - believed(parameters) + left).toBeCloseTo(-golden.logLikelihood, 8);
});

test.each(goldenProcesses)(
  "the gradient agrees with central differences, $targets.length targets",
  (golden) => {
    const data = dataOf(golden);
    const parameters = Float64Array.from([...golden.lengths, golden.noise], log);
    const { gradient } = data.objective(parameters);
    for (const d of parameters.keys()) {
      const [up, down] = [1e-5, -1e-5].map((step) => {
        const moved = parameters.slice();
        moved[d]! += step;
        return data.objective(moved).value;
      });
      expect(gradient[d]).toBeCloseTo((up! - down!) / 2e-5, 5);
    }
  },
);

test("detects a dimension that does not matter, and estimates the noise of targets", () => {
  const rng = createRng(4);
  const places = Array.from({ length: 60 }, () => Float64Array.of(rng.uniform(), rng.uniform()));
  const quiet = Float64Array.from(places, ([x]) => sin(6 * x!));
  const { lengths, noise } = maximizeLikelihood(places, quiet, [true, true]);
  expect(lengths[1]! / lengths[0]!).toBeGreaterThan(4);
  expect(noise).toBeLessThan(exp(-10));
  const noisy = quiet.map((target) => target + 0.3 * rng.normal());
  const found = maximizeLikelihood(places, noisy, [true, true]);
  expect(found.noise * found.variance).toBeGreaterThan(0.09 / 2);
  expect(found.noise * found.variance).toBeLessThan(0.09 * 2);
});
