import { readdirSync } from "node:fs";
import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";
import { samplers } from "./catalog.ts";
import type { FinishedTrial } from "./sampler.ts";
import {
  checkSweep,
  continuesNetworks,
  getGenerationSizes,
  collectSweepNotices,
  proposeCombinations,
} from "./sweep.ts";

test("the catalog has every file of the folder, in alphabetical order, and describes each option", () => {
  const files = readdirSync(new URL("./samplers/", import.meta.url)).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  expect([...samplers.keys()].map((type) => `${type}.ts`)).toEqual(files.sort());
  for (const sampler of samplers.values()) {
    expect(sampler.description).toMatch(/\.$/);
    for (const option of Object.values(sampler.options.properties))
      expect(option).toHaveProperty("description");
  }
});

test("all problems are reported at once, with paths from the sweep block", () => {
  const parameters = { lr: { type: "float", min: 1, max: 0.1 }, units: [64, 64] } as const;
  expect(checkSweep({ sampler: { type: "grid" }, parameters }).map((problem) => problem.path)).toEqual([
    ["parameters", "lr", "min"],
    ["parameters", "units", 1],
    ["parameters", "lr"],
  ]);
});

test("propose calls the sampler of that type with its options", () => {
  const parameters = { units: [64, 128] };
  expect(proposeCombinations({ sampler: { type: "grid" }, parameters }, createRng(1), 10)).toEqual([
    { parameters: { units: 64 } },
    { parameters: { units: 128 } },
  ]);
  expect(
    proposeCombinations({ sampler: { type: "random", trials: 5 }, parameters }, createRng(1), 10),
  ).toHaveLength(5);
  expect(() => proposeCombinations({ sampler: { type: "bayes" }, parameters }, createRng(1), 10)).toThrow(
    `no sampler of type "bayes"; there are ${[...samplers.keys()].join(", ")}`,
  );
});

test("a fixed sampler has one generation and proposes nothing after it", () => {
  const space = { sampler: { type: "grid" }, parameters: { units: [64, 128] } };
  expect(getGenerationSizes(space, createRng(1), 10)).toEqual([2]);
  const history = proposeCombinations(space, createRng(1), 10).map(({ parameters }) => ({
    parameters,
    objective: 1,
  }));
  expect(proposeCombinations(space, createRng(1), 10, history)).toEqual([]);
});

test("an adaptive sampler proposes the generation after the history, and none after the last", () => {
  const sampler = { type: "tpe", trials: 5, generation: 3, startup: 2, candidates: 4 };
  const space = { sampler, parameters: { x: { type: "float", min: 0, max: 1 } } } as const;
  expect(getGenerationSizes(space, createRng(1), 10)).toEqual([3, 2]);
  const first = proposeCombinations(space, createRng(1), 10).map(({ parameters }) => ({
    parameters,
    objective: 1,
  }));
  expect(first).toHaveLength(3);
  const second = proposeCombinations(space, createRng(1), 10, first).map(({ parameters }) => ({
    parameters,
    objective: undefined,
  }));
  expect(second).toHaveLength(2);
  expect(proposeCombinations(space, createRng(1), 10, [...first, ...second])).toEqual([]);
  expect(() => proposeCombinations(space, createRng(1), 10, second)).toThrow(
    "tpe: no generation begins after 2 trials",
  );
});

test("a grid has each combination of parameters that exist together exactly once", () => {
  const optimizer = [
    { type: "sgd", momentum: { type: "choice", values: [0, 0.9] } },
    { type: "adam", beta1: { type: "float", min: 0.8, max: 0.9, count: 2 } },
    { type: "lion" },
  ];
  const space = { sampler: { type: "grid" }, parameters: { optimizer, "training.epochs": [1, 2] } };
  expect(checkSweep(space)).toEqual([]);
  expect(getGenerationSizes(space, createRng(1), 1)).toEqual([10]);
  expect(
    proposeCombinations(space, createRng(1), 1)
      .slice(3, 9)
      .map(({ parameters }) => parameters),
  ).toEqual([
    { optimizer: "sgd", "optimizer.momentum": 0.9, "training.epochs": 2 },
    { optimizer: "adam", "optimizer.beta1": 0.8, "training.epochs": 1 },
    { optimizer: "adam", "optimizer.beta1": 0.8, "training.epochs": 2 },
    { optimizer: "adam", "optimizer.beta1": 0.9, "training.epochs": 1 },
    { optimizer: "adam", "optimizer.beta1": 0.9, "training.epochs": 2 },
    { optimizer: "lion", "training.epochs": 1 },
  ]);
});

test("a sampler's problem with a parameter inside an option has the path of that parameter", () => {
  const optimizer = [{ type: "sgd", learningRate: { type: "float", min: 0.1, max: 0.5 } }];
  const space = { sampler: { type: "grid" }, parameters: { optimizer } };
  expect(checkSweep(space).map(({ path }) => path)).toEqual([["parameters", "optimizer", 0, "learningRate"]]);
});

test("tpe learns from trials without some parameters, and proposes no value for missing ones", () => {
  const optimizer = [
    { type: "sgd", learningRate: { type: "float", min: 0, max: 1 } },
    { type: "adam", beta: { type: "float", min: 0, max: 1 } },
  ];
  const sampler = { type: "tpe", trials: 60, generation: 4, startup: 10, candidates: 24 };
  const space = { sampler, parameters: { optimizer } };
  const history: FinishedTrial[] = [];
  while (history.length < 60) {
    for (const { parameters } of proposeCombinations(space, createRng(1), 1, history)) {
      const { optimizer: type, "optimizer.learningRate": rate, "optimizer.beta": beta } = parameters;
      expect(type === "sgd" ? beta : rate).toBeUndefined();
      // adam always has 1; sgd is better only if its rate is near 0.3.
      history.push({ parameters, objective: type === "sgd" ? 3 * Math.abs(Number(rate) - 0.3) : 1 });
    }
  }
  const last = history.slice(40).filter(({ objective }) => objective !== undefined && objective < 0.5);
  // Random draws would give one in six: 3 of 20.
  expect(last.length).toBeGreaterThan(8);
});

test("pbt is the only sampler that continues networks of earlier trials", () => {
  expect([...samplers.keys()].filter((type) => continuesNetworks({ sampler: { type } }))).toEqual(["pbt"]);
});

test.each([
  [
    { type: "tpe", generation: 4, startup: 10 },
    12,
    "after 10 combinations (startup), and knows 8 when it proposes the last of 12 (generation: 4)",
  ],
  [{ type: "tpe", generation: 4, startup: 10 }, 13, undefined],
  [
    { type: "gp", generation: 1, startup: 5 },
    5,
    "after 5 combinations (startup), and knows 4 when it proposes the last of 5 (generation: 1)",
  ],
  [{ type: "gp", generation: 1, startup: 5 }, 6, undefined],
  [{ type: "cma-es" }, 4, "after a population of 4, and there are 4 combinations"],
  [{ type: "cma-es" }, 5, undefined],
  [{ type: "random" }, 1, undefined],
  [{ type: "pbt", population: 4, interval: 1, quantile: 0.2 }, 5, undefined],
])("%j with %i combinations: a sampler that cannot learn gives a notice", (sampler, count, told) => {
  const parameters = { rate: { type: "float", min: 0, max: 1, scale: "linear" } } as const;
  const notices = collectSweepNotices({ sampler: { trials: count, ...sampler }, parameters }, count);
  expect(notices).toEqual(
    told === undefined ? [] : [`the sampler ${sampler.type} learns nothing in this sweep: it starts ${told}`],
  );
});

test("a sweep with more trials than combinations gives a notice, unless it tries each once", () => {
  const parameters = { a: [1, 2], b: { type: "bool" } } as const;
  const noticesOf = (sampler: { type: string }, count: number): string[] =>
    collectSweepNotices({ sampler, parameters }, count);
  expect(noticesOf({ type: "random" }, 4)).toEqual([]);
  expect(noticesOf({ type: "random" }, 5)).toEqual([
    "the sweep tries 5 combinations, but there are only 4: repeated combinations give the same results; the sampler " +
      "grid tries each once",
  ]);
  expect(noticesOf({ type: "grid" }, 5)).toEqual([]);
  expect(collectSweepNotices({ sampler: { type: "random" }, parameters: { a: [1] } }, 5)).toEqual([
    expect.stringMatching(/^the sweep tries 5 combinations, but there is only 1: /),
  ]);
  const inRange = { ...parameters, c: { type: "float", min: 0, max: 1, scale: "linear" } } as const;
  expect(collectSweepNotices({ sampler: { type: "sobol" }, parameters: inRange }, 100)).toEqual([]);
});
