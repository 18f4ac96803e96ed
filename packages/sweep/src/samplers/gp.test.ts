import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";
import { testSampler } from "../testing.ts";
import { runSweep } from "../../test/run-sweep.ts";
import type { ParameterValues } from "../space/domain.ts";
import { gp } from "./gp.ts";
import { random } from "./random.ts";
import { sobol } from "./sobol.ts";

testSampler(gp, [{ trials: 20, generation: 4, startup: 4 }], { runs: 60 });

const options = { trials: 40, generation: 4, startup: 10 };
const sampler = { type: "gp", ...options };

test("generations add up to the trials", () => {
  expect(gp.generations({ ...options, trials: 10 }, 10, {})).toEqual([4, 4, 2]);
});

test("starts with the points of sobol", () => {
  const parameters = { x: { type: "float", min: 0, max: 1 }, y: ["a", "b"] } as const;
  const history = runSweep({ sampler, parameters }, ({ x }) => Number(x), 7);
  expect(history.slice(0, 12).map((each) => each.parameters)).toEqual(
    sobol.propose(parameters, { trials: 12, scramble: true }, createRng(7)),
  );
});

test("with few combinations, none is repeated before all have been tried", () => {
  const parameters = { n: { type: "int", min: 1, max: 5 }, kind: ["a", "b", "c", "d"] } as const;
  const objective = ({ n, kind }: ParameterValues): number =>
    Math.abs(Number(n) - 4) + (kind === "b" ? 0 : 1);
  const found = runSweep({ sampler: { ...sampler, trials: 20, startup: 4 }, parameters }, objective, 1);
  const learned = found.slice(4).map((each) => JSON.stringify(each.parameters));
  expect(new Set(learned).size).toBe(16);
});

test("combinations that differ only in parameters that do not exist count as one", () => {
  const optimizer = [
    { type: "sgd", nesterov: { type: "bool" } },
    { type: "adam", amsgrad: { type: "bool" } },
    { type: "lion" },
  ];
  const space = { sampler: { ...sampler, trials: 13, startup: 4 }, parameters: { optimizer, n: [1, 2] } };
  const found = runSweep(space, ({ optimizer: type, n }) => (type === "lion" ? 0 : Number(n)), 3);
  const [drawn, learned] = [found.slice(0, 4), found.slice(4)].map((part) =>
    part.map((each) => JSON.stringify(each.parameters)),
  );
  // The number of the ten combinations that sobol did not propose.
  const left = 10 - new Set(drawn).size;
  expect(new Set(learned!.slice(0, left)).size).toBe(left);
  expect(new Set([...drawn!, ...learned!]).size).toBe(10);
});

test("the trials of one generation do not all go to the same point", () => {
  const parameters = { x: { type: "float", min: 0, max: 1 } } as const;
  const early = { ...sampler, startup: 4 };
  const found = runSweep({ sampler: early, parameters }, ({ x }) => (Number(x) - 0.6) ** 2, 2);
  const generation = found.slice(4, 8).map((each) => Number(each.parameters["x"]));
  expect(new Set(generation.map((x) => Math.round(x * 1000))).size).toBeGreaterThan(2);
});

test("failed trials are avoided, and pruned ones are not imitated", () => {
  const parameters = { x: { type: "float", min: 0, max: 1 } } as const;
  const failing = runSweep({ sampler, parameters }, ({ x }) => (Number(x) > 0.7 ? 1 : undefined), 3);
  expect(failing.slice(20).filter(({ objective }) => objective === undefined).length).toBeLessThan(10);

  const history = Array.from({ length: 11 }, (_, i) => ({
    parameters: { x: i / 11 },
    ...(i < 5 ? { objective: -100, prunedAfter: 1 } : { objective: 11 - i }),
  }));
  const [next] = gp.proposeNext(parameters, options, createRng(1), history, 1);
  expect(Number(next!.parameters["x"])).toBeGreaterThan(0.6);
});

test("a history of hundreds of trials is reduced, and its best trials still count", () => {
  const parameters = { x: { type: "float", min: 0, max: 1 }, y: { type: "float", min: 0, max: 1 } } as const;
  const drawn = random.propose(parameters, { trials: 400 }, createRng(1));
  const history = drawn.map((each) => ({
    parameters: each,
    objective: (Number(each["x"]) - 0.3) ** 2 + (Number(each["y"]) - 0.8) ** 2,
  }));
  const [next] = gp.proposeNext(parameters, options, createRng(1), history, 1);
  expect(Number(next!.parameters["x"])).toBeCloseTo(0.3, 1);
  expect(Number(next!.parameters["y"])).toBeCloseTo(0.8, 1);
});
