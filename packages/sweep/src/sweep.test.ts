import { readdirSync } from "node:fs";
import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";
import { samplers } from "./catalog.ts";
import { checkSweep, generationsOf, propose } from "./sweep.ts";

test("the catalog has every file of the folder, in alphabetical order, each with a description of itself and its options", () => {
  const files = readdirSync(new URL("./samplers/", import.meta.url)).filter(
    (file) => !file.endsWith(".test.ts"),
  );
  expect([...samplers.keys()].map((type) => `${type}.ts`)).toEqual(files.sort());
  for (const sampler of samplers.values()) {
    expect(sampler.description).toMatch(/\.$/);
    for (const option of Object.values(sampler.options.properties))
      expect(option).toHaveProperty("description");
  }
});

test("all problems are found at once, with paths from the sweep block", () => {
  const parameters = { lr: { type: "float", min: 1, max: 0.1 }, units: [64, 64] } as const;
  expect(checkSweep({ sampler: { type: "grid" }, parameters }).map((problem) => problem.path)).toEqual([
    ["parameters", "lr", "min"],
    ["parameters", "units", 1],
    ["parameters", "lr"],
  ]);
});

test("propose asks the sampler of that type, with its options", () => {
  const parameters = { units: [64, 128] };
  expect(propose({ sampler: { type: "grid" }, parameters }, createRng(1), 10)).toEqual([
    { parameters: { units: 64 } },
    { parameters: { units: 128 } },
  ]);
  expect(propose({ sampler: { type: "random", trials: 5 }, parameters }, createRng(1), 10)).toHaveLength(5);
  expect(() => propose({ sampler: { type: "bayes" }, parameters }, createRng(1), 10)).toThrow(
    `no sampler of type "bayes"; there are ${[...samplers.keys()].join(", ")}`,
  );
});

test("what needs no results is one generation, and nothing comes after it", () => {
  const space = { sampler: { type: "grid" }, parameters: { units: [64, 128] } };
  expect(generationsOf(space, createRng(1), 10)).toEqual([2]);
  const history = propose(space, createRng(1), 10).map(({ parameters }) => ({ parameters, cost: 1 }));
  expect(propose(space, createRng(1), 10, history)).toEqual([]);
});

test("an adaptive sampler is asked for the generation that comes after the history, and for none after the last", () => {
  const sampler = { type: "tpe", trials: 5, generation: 3, startup: 2, candidates: 4 };
  const space = { sampler, parameters: { x: { type: "float", min: 0, max: 1 } } } as const;
  expect(generationsOf(space, createRng(1), 10)).toEqual([3, 2]);
  const first = propose(space, createRng(1), 10).map(({ parameters }) => ({ parameters, cost: 1 }));
  expect(first).toHaveLength(3);
  const second = propose(space, createRng(1), 10, first).map(({ parameters }) => ({
    parameters,
    cost: undefined,
  }));
  expect(second).toHaveLength(2);
  expect(propose(space, createRng(1), 10, [...first, ...second])).toEqual([]);
  expect(() => propose(space, createRng(1), 10, second)).toThrow("tpe: no generation begins after 2 trials");
});
