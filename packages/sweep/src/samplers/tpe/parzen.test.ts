import { readFileSync } from "node:fs";
import { createRng, erf } from "@nn/tensor";
import { expect, test } from "vitest";
import { createParzenEstimator } from "./parzen.ts";
import { toDimension, type Interval } from "../../space/dimension.ts";

/** SciPy's results, as written by golden/parzen.py. */
interface Golden {
  readonly points: readonly Point[];
  readonly places: readonly Point[];
  readonly logDensity: readonly number[];
}
type Point = readonly [u: number, ordered: number, entry: number];

const file = new URL("../../../golden/parzen.json", import.meta.url);
const golden: readonly Golden[] = JSON.parse(readFileSync(file, "utf8"));

const dimensions = [
  toDimension({ type: "float", min: 0, max: 1 }),
  toDimension({ type: "int", min: 0, max: 7 }),
  toDimension(["a", "b", "c"]),
];

function intervalsOf([u, ordered, entry]: Point): Interval[] {
  return [{ from: u, to: u }, dimensions[1]!.interval(ordered), { from: entry / 3, to: (entry + 1) / 3 }];
}

test.each(golden)(
  "the density from $points.length points agrees with SciPy's",
  ({ points, places, logDensity }) => {
    const density = createParzenEstimator(dimensions, points.map(intervalsOf));
    for (const [index, place] of places.entries())
      expect(Math.abs(density.logDensity(intervalsOf(place)) - logDensity[index]!)).toBeLessThan(1e-10);
  },
);

test("points are drawn from the kernels of points and from the prior", () => {
  // One point, value 3 of 8 and entry 1 of 3: σ = 1/3, and its entry has 1 + 1/2 of 1 + 3/2.
  const density = createParzenEstimator(dimensions.slice(1), [intervalsOf([0, 3, 1]).slice(1)]);
  const rng = createRng(1);
  const draws = Array.from({ length: 4000 }, () => density.draw(rng));
  const below = (x: number, mu: number, sigma: number): number => erf((x - mu) / (sigma * Math.SQRT2)) / 2;
  const share = (value: number, mu: number, sigma: number): number =>
    (below((value + 1) / 8, mu, sigma) - below(value / 8, mu, sigma)) /
    (below(1, mu, sigma) - below(0, mu, sigma));
  for (let value = 0; value < 8; value++) {
    for (let entry = 0; entry < 3; entry++) {
      const found = draws.filter(([x, y]) => Math.floor(x! * 8) === value && Math.floor(y! * 3) === entry);
      const expected =
        (share(value, 3.5 / 8, 1 / 3) * (entry === 1 ? 0.6 : 0.2) + share(value, 0.5, 1) / 3) / 2;
      // 4 standard deviations of a fraction of 4000 are at most 0.032.
      expect(Math.abs(found.length / 4000 - expected)).toBeLessThan(0.032);
    }
  }
});

test("the density far from every point is small but never zero", () => {
  const dimension = [toDimension({ type: "int", min: 0, max: 1000 })];
  const points = Array.from({ length: 200 }, () => [dimension[0]!.interval(0)]);
  expect(createParzenEstimator(dimension, points).logDensity([dimension[0]!.interval(1000)])).toBeGreaterThan(
    -10,
  );
});

test("no point is drawn outside the cube, not even from kernels at its faces", () => {
  // The first and the last of 8 values: nearly half of each kernel is outside.
  const points = [0, 7, 0, 7].map((value) => [dimensions[1]!.interval(value)]);
  const density = createParzenEstimator([dimensions[1]!], points);
  const rng = createRng(2);
  const draws = Array.from({ length: 2000 }, () => density.draw(rng)[0]!);
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...draws)).toBeLessThan(1);
  // Draws reach the faces: at each, 2000 draws leave no gap of a hundredth.
  expect(Math.min(...draws)).toBeLessThan(0.01);
  expect(Math.max(...draws)).toBeGreaterThan(0.99);
});

test("the largest random number gives a point within the cube", () => {
  for (let size = 1; size <= 50; size++) {
    const dimension = toDimension(Array.from({ length: size }, (_, index) => `${index}`));
    const rng = Object.assign(createRng(1), { uniform: () => 1 - 2 ** -53 });
    for (let points = 0; points < 5; points++) {
      const intervals = Array.from({ length: points }, () => [dimension.interval("0")]);
      const [place] = createParzenEstimator([dimension], intervals).draw(rng);
      expect(place).toBeLessThan(1);
      expect(place).toBeGreaterThan(0.99);
    }
  }
});
