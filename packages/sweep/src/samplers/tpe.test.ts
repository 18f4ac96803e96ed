import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";
import { testSampler } from "../testing.ts";
import { testFunctions } from "../../test/functions.ts";
import { findMinObjective, runSweep } from "../../test/run-sweep.ts";
import type { ParameterValues, Domains } from "../space/domain.ts";
import { toDimension } from "../space/dimension.ts";
import { random } from "./random.ts";
import { tpe } from "./tpe.ts";

testSampler(tpe, [{ trials: 20, generation: 4, startup: 4, candidates: 8 }]);

const options = { trials: 40, generation: 4, startup: 10, candidates: 24 };
const sampler = { type: "tpe", ...options };

test("generations add up to the trials", () => {
  expect(tpe.generations({ ...options, trials: 10 }, 10, {})).toEqual([4, 4, 2]);
  expect(tpe.generations({ ...options, trials: 3 }, 10, {})).toEqual([3]);
});

test("starts with the trials of random", () => {
  const parameters = { x: { type: "float", min: 0, max: 1 }, y: ["a", "b"] } as const;
  const history = runSweep({ sampler, parameters }, ({ x }) => Number(x), 7);
  expect(history.slice(0, 12).map((each) => each.parameters)).toEqual(
    random.propose(parameters, { trials: 12 }, createRng(7)),
  );
});

test("failed trials count as worse than the worst", () => {
  // Trials fail unless x is above 0.7.
  const parameters = { x: { type: "float", min: 0, max: 1 } } as const;
  const history = runSweep({ sampler, parameters }, ({ x }) => (Number(x) > 0.7 ? 1 : undefined), 3);
  expect(history.slice(20).filter(({ objective }) => objective === undefined).length).toBeLessThan(9);
});

/**
 * Returns the number of seeds, of 20, for which learning finds a lower objective than random search. If there
 * were no difference, 16 or more would occur in 6 of 1000 cases.
 */
function wins(parameters: Domains, objective: (parameters: ParameterValues) => number): number {
  const settings = { type: "tpe", ...options, trials: 60 };
  return Array.from({ length: 20 }, (_, seed) => {
    const drawn = random.propose(parameters, { trials: 60 }, createRng(seed)).map(objective);
    const learned = findMinObjective(runSweep({ sampler: settings, parameters }, objective, seed));
    return learned < drawn.reduce((a, b) => Math.min(a, b));
  }).filter(Boolean).length;
}

test("finds better points of Branin's function than as many random trials", () => {
  const { domains, objective } = testFunctions.branin;
  expect(wins(domains, objective)).toBeGreaterThanOrEqual(16);
});

test("finds better points of a mixed space than as many random trials", () => {
  const parameters = {
    rate: { type: "float", min: 1e-4, max: 1, scale: "log" },
    units: { type: "int", min: 8, max: 512, scale: "log" },
    kind: ["a", "b", "c", "d"],
    bias: { type: "bool" },
    drop: { type: "float", min: 0, max: 0.5, step: 0.05 },
  } as const;
  const objective = (trial: ParameterValues): number => {
    const away = (path: keyof typeof parameters, best: number): number => {
      const { from, to } = toDimension(parameters[path]).interval(trial[path]);
      return ((from + to) / 2 - best) ** 2;
    };
    const worse = (trial["kind"] === "c" ? 0 : 0.3) + (trial["bias"] === true ? 0 : 0.2);
    return away("rate", 0.3) + away("units", 0.8) + away("drop", 0.4) + worse;
  };
  expect(wins(parameters, objective)).toBeGreaterThanOrEqual(16);
});

test("a pruned trial is not imitated, however small its objective", () => {
  const parameters = { x: { type: "float", min: 0, max: 1 } } as const;
  const history = Array.from({ length: 30 }, (_, i) => ({
    parameters: { x: i / 30 },
    ...(i < 15 ? { objective: -100, prunedAfter: 1 } : { objective: 30 - i }),
  }));
  const found = tpe.proposeNext(parameters, options, createRng(1), history, 4);
  expect(found.every((each) => Number(each.parameters["x"]) > 0.5)).toBe(true);
});

test("within a generation, earlier proposals count among the others, so later ones avoid them", () => {
  // One value of ten is good, and l stays the same. The next proposal tries another value only because the
  // good one was just proposed.
  const parameters = { x: { type: "int", min: 0, max: 9 } } as const;
  const history = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((x) => ({
    parameters: { x },
    objective: Math.abs(x - 5),
  }));
  const many = { ...options, candidates: 200 };
  const values = (count: number, seed: number): number[] =>
    tpe
      .proposeNext(parameters, many, createRng(seed), history, count)
      .map(({ parameters: each }) => Number(each["x"]));
  for (let seed = 0; seed < 10; seed++) {
    const generation = values(5, seed);
    expect(generation[0]).toBe(5);
    expect(new Set(generation).size).toBeGreaterThan(1);
    // The first one does not depend on those after it.
    expect(values(1, seed)).toEqual(generation.slice(0, 1));
  }
});
