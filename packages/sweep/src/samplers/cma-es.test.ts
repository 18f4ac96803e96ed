import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";
import { testSampler } from "../testing.ts";
import { testFunctions } from "../../test/functions.ts";
import { runSweep } from "../../test/run-sweep.ts";
import type { ParameterValues } from "../space/domain.ts";
import type { FinishedTrial } from "../sampler.ts";
import { cmaEs } from "./cma-es.ts";

testSampler(cmaEs, [{ trials: 20 }]);

test("a generation is a population, whose default size grows with the number of parameters", () => {
  const range = { type: "float", min: 0, max: 1 } as const;
  const five = { a: range, b: range, c: range, d: range, e: range };
  expect(cmaEs.generations({ trials: 20 }, 10, five)).toEqual([8, 8, 4]);
  expect(cmaEs.generations({ trials: 9 }, 10, { a: range })).toEqual([4, 4, 1]);
  expect(cmaEs.generations({ trials: 20, population: 10 }, 10, five)).toEqual([10, 10]);
});

/** Returns the last `count` of `trials` trials, with the objectives that `objective` returns. */
function lastOf(
  count: number,
  trials: number,
  parameters: typeof unit | typeof kinds,
  objective: (parameters: ParameterValues) => number | undefined,
): FinishedTrial[] {
  return runSweep({ sampler: { type: "cma-es", trials }, parameters }, objective, 1).slice(-count);
}

const unit = { x: { type: "float", min: 0, max: 1 }, n: { type: "int", min: 0, max: 9 } } as const;
const kinds = { kind: ["a", "b", "c", "d"], on: { type: "bool" } } as const;

test("comes as close to an optimum as the precision of values allows", () => {
  const objective = ({ x, n }: ParameterValues): number => (Number(x) - 0.3) ** 2 + (Number(n) - 7) ** 2;
  const found = runSweep({ sampler: { type: "cma-es", trials: 300 }, parameters: unit }, objective, 1);
  expect(found.reduce((min, ended) => Math.min(min, ended.objective!), 1)).toBeLessThan(1e-8);
});

test("draws mostly the good entries of a list, and others sometimes", () => {
  const objective = ({ kind, on }: ParameterValues): number => (kind === "c" ? 0 : 1) + (on === true ? 0 : 1);
  const late = lastOf(100, 200, kinds, objective).filter((ended) => ended.objective === 0).length;
  expect(late).toBeGreaterThan(70);
  expect(late).toBeLessThan(100);
});

test("failed trials are avoided", () => {
  const late = lastOf(20, 100, unit, ({ x }) => (Number(x) > 0.6 ? Number(x) : undefined));
  expect(late.filter(({ objective }) => objective === undefined).length).toBeLessThan(10);
});

test("a sweep in which every trial fails keeps drawing around the middle", () => {
  const late = lastOf(20, 100, unit, () => undefined).map(({ parameters }) => Number(parameters["x"]));
  expect(Math.max(...late)).toBeGreaterThan(0.6);
  expect(Math.min(...late)).toBeLessThan(0.4);
});

test("a population of equal objectives changes nothing, like a population without objectives", () => {
  const domains = { ...unit, ...kinds, drop: { type: "float", min: 0, max: 0.5, step: 0.1 } } as const;
  const settings = { trials: 18, population: 6 };
  const of = (objective: number | undefined, last: (index: number) => number) => {
    const first = cmaEs.proposeNext(domains, settings, createRng(3), [], 6);
    const history = first.map(({ parameters }) => ({ parameters, objective }));
    const second = cmaEs.proposeNext(domains, settings, createRng(3), history, 6);
    const known = [
      ...history,
      ...second.map(({ parameters }, index) => ({ parameters, objective: last(index) })),
    ];
    return [second, cmaEs.proposeNext(domains, settings, createRng(3), known, 6)];
  };
  expect(of(0.25, (index) => index)).toEqual(of(undefined, (index) => index));
  expect(of(0.25, (index) => index)).not.toEqual(of(0.25, (index) => -index));
});

test("restarts elsewhere after it has converged", () => {
  const { domains, objective } = testFunctions.branin;
  const found = runSweep({ sampler: { type: "cma-es", trials: 1500 }, parameters: domains }, objective, 2);
  // Branin's function has three minima: near −π, π and 3π.
  const lowest = found
    .filter((ended) => ended.objective! < 0.4)
    .map(({ parameters }) => Number(parameters["x"]));
  expect(new Set(lowest.map((x) => Math.round(x / 3))).size).toBeGreaterThan(1);
});
