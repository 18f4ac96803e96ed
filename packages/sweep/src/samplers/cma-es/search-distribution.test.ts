import { createRng } from "@nn/tensor";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { drawMirroredOrthogonal } from "./directions.ts";
import { SearchDistribution } from "./search-distribution.ts";

interface Golden {
  readonly n: number;
  readonly population: number;
  readonly generations: readonly {
    readonly places: readonly (readonly number[])[];
    readonly mean: readonly number[];
    readonly step: number;
    readonly deviations: readonly number[];
  }[];
}

// golden/search-distribution.py writes this file in this shape.
const golden: Golden[] = JSON.parse(
  readFileSync(new URL("../../../golden/search-distribution.json", import.meta.url), "utf8"),
);

test.each(golden)("makes the same updates as cmaes: $n numbers, populations of $population", (sequence) => {
  const { n, population, generations } = sequence;
  const distribution = new SearchDistribution(Array<number>(n).fill(0.5), 0.2, population);
  for (const { places, mean, step, deviations } of generations) {
    distribution.tell(
      places.map((place) => Float64Array.from(place)),
      [...places.keys()],
    );
    expect([...distribution.mean]).toEqual(mean.map((value) => expect.closeTo(value, 9)));
    expect(distribution.step).toBeCloseTo(step, 9);
    expect(distribution.deviations()).toEqual(deviations.map((value) => expect.closeTo(value, 9)));
  }
});

test("finds the minimum of a valley that is a thousand times longer than wide", () => {
  const objective = (x: Float64Array): number => (x[0]! + x[1]! - 1) ** 2 * 1e6 + (x[0]! - x[1]!) ** 2;
  const distribution = new SearchDistribution([3, -2], 1, 6);
  for (let generation = 0; generation < 120; generation++) {
    const places = drawMirroredOrthogonal(2, 6, createRng(1).fork(generation)).map((z) =>
      distribution.transform(z).map((y, i) => distribution.mean[i]! + distribution.step * y),
    );
    const order = [...places.keys()].toSorted((a, b) => objective(places[a]!) - objective(places[b]!));
    distribution.tell(
      places,
      places.map((_, index) => order.indexOf(index)),
    );
  }
  expect(objective(distribution.mean)).toBeLessThan(1e-6);
});

test("equal points have equal weights: the mean moves to their mean", () => {
  const distribution = new SearchDistribution([0, 0], 1, 4);
  const places = [
    Float64Array.of(1, 0),
    Float64Array.of(0, 1),
    Float64Array.of(-1, 0),
    Float64Array.of(0, -3),
  ];
  distribution.tell(places, [0.5, 0.5, 2, 3]);
  expect([...distribution.mean]).toEqual([expect.closeTo(0.5), expect.closeTo(0.5)]);
});

test("a point farther away than any draw keeps the distribution valid", () => {
  const distribution = new SearchDistribution([0.5, 0.5], 1e-5, 4);
  const places = [
    Float64Array.of(1, 0),
    Float64Array.of(0, 0.5),
    Float64Array.of(0.5, 0.5),
    Float64Array.of(0, 0),
  ];
  for (let generation = 0; generation < 50; generation++) distribution.tell(places, [0, 1, 2, 3]);
  expect([...distribution.transform(Float64Array.of(1, -1))].every(Number.isFinite)).toBe(true);
  expect(distribution.step).toBeLessThan(1);
});

test("a point farther than √n + 3 deviations changes the deviations like one exactly that far", () => {
  const told = (distance: number): SearchDistribution => {
    const distribution = new SearchDistribution([0, 0, 0, 0], 1, 4);
    const places = [
      Float64Array.of(distance, 0, 0, 0),
      Float64Array.of(0, 1, 0, 0),
      Float64Array.of(0, 0, 1, 0),
      Float64Array.of(0, 0, 0, -1),
    ];
    distribution.tell(places, [0, 1, 2, 3]);
    return distribution;
  };
  const [within, at, beyond] = [4.9, 5, 50].map(told);
  expect(beyond!.step).toBeCloseTo(at!.step, 12);
  expect(beyond!.deviations()).toEqual(at!.deviations().map((value) => expect.closeTo(value, 12)));
  expect(within!.step).toBeLessThan(at!.step);
  expect(within!.deviations()[0]).toBeLessThan(at!.deviations()[0]!);
  // The mean still moves to where the objective was measured.
  expect(beyond!.mean[0]).toBeCloseTo(10 * at!.mean[0]!, 9);
});

test.each([4, 5, 6, 9])("a population of %i points with equal ranks changes nothing", (population) => {
  const [told, untold] = [0, 1].map(() => new SearchDistribution([0.5, 0.25], 0.2, population));
  const places = Array.from({ length: population }, (_, i) => Float64Array.of(i / 10, 0.9));
  told!.tell(
    places,
    places.map(() => (population - 1) / 2),
  );
  expect(told).toEqual(untold);
  // It does not count as a generation either: the next one gives the same result.
  for (const each of [told!, untold!]) each.tell(places, [...places.keys()]);
  expect(told).toEqual(untold);
  expect([...told!.mean].every(Number.isFinite)).toBe(true);
  expect([...told!.transform(Float64Array.of(1, -1))]).toEqual([
    ...untold!.transform(Float64Array.of(1, -1)),
  ]);
});
