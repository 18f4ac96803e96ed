import { createRng } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { testSampler } from "../testing.ts";
import { choices, createSweptPaths } from "../testing/arbitraries.ts";
import { grid } from "./grid.ts";

testSampler(grid, [{}], { runs: 60 });

const rng = createRng(1);

test("the last parameter changes fastest", () => {
  expect(grid.propose({ lr: [0.1, 0.2], units: [64, 128], bias: [true] }, {}, rng)).toEqual([
    { lr: 0.1, units: 64, bias: true },
    { lr: 0.1, units: 128, bias: true },
    { lr: 0.2, units: 64, bias: true },
    { lr: 0.2, units: 128, bias: true },
  ]);
});

test("the size of a grid is the product of the sizes of its lists, without repetitions", () => {
  fc.assert(
    fc.property(createSweptPaths(choices), (parameters) => {
      expect(grid.check(parameters, {})).toEqual([]);
      const found = grid.propose(parameters, {}, rng);
      expect(found).toHaveLength(
        Object.values(parameters).reduce((product, list) => product * list.length, 1),
      );
      expect(new Set(found.map((entry) => JSON.stringify(Object.entries(entry)))).size).toBe(found.length);
      for (const combination of found) {
        expect(Object.keys(combination)).toEqual(Object.keys(parameters));
        for (const [path, value] of Object.entries(combination)) expect(parameters[path]).toContain(value);
      }
    }),
  );
});

test("ranges with step or count, and bools, count as lists of their values", () => {
  const parameters = {
    lr: { type: "float", min: 0.01, max: 1, scale: "log", count: 3 },
    units: { type: "int", min: 16, max: 48, step: 32 },
    bias: { type: "bool" },
  } as const;
  const lists = { lr: [0.01, 0.1, 1], units: [16, 48], bias: [false, true] };
  expect(grid.check(parameters, {})).toEqual([]);
  expect(grid.propose(parameters, {}, rng)).toEqual(grid.propose(lists, {}, rng));
});

test("an invalid range is not enumerated", () => {
  expect(grid.check({ a: { type: "float", min: 1, max: 0, step: 1e-300 } }, {})).toEqual([]);
});

test("each range without step or count is a problem", () => {
  const parameters = {
    a: { type: "float", min: 0.1, max: 0.5 },
    b: [1],
    c: { type: "int", min: 1, max: 4 },
  } as const;
  expect(grid.check(parameters, {})).toEqual([
    {
      path: ["parameters", "a"],
      message:
        "grid cannot enumerate a range without step or count; add count: 5, or use a list such as [0.1, " +
        "0.5], or sampler random",
    },
    {
      path: ["parameters", "c"],
      message:
        "grid cannot enumerate a range without step or count; add count: 5, or use a list such as [1, " +
        "4], or sampler random",
    },
  ]);
});

test("a grid that is too large is a problem, reported before it fills the memory", () => {
  const list = Array.from({ length: 1000 }, (_, index) => index);
  expect(grid.check({ a: list, b: list }, {})).toEqual([
    {
      path: ["parameters"],
      message:
        "the grid has 1000000 combinations, more than the 100000 that are allowed: try fewer values, or " +
        "use sampler random",
    },
  ]);
});

test("a parameter that exists only with one value of another is combined with that value alone", () => {
  const domains = { optimizer: ["sgd", "adam"], lr: [0.1, 0.2], beta: [0.9, 0.99], bias: [true, false] };
  const conditions = {
    lr: { name: "optimizer", value: "sgd" },
    beta: { name: "optimizer", value: "adam" },
  };
  expect(grid.propose({ ...domains, bias: [true] }, {}, rng, conditions)).toEqual([
    { optimizer: "sgd", lr: 0.1, bias: true },
    { optimizer: "sgd", lr: 0.2, bias: true },
    { optimizer: "adam", beta: 0.9, bias: true },
    { optimizer: "adam", beta: 0.99, bias: true },
  ]);
  expect(grid.propose(domains, {}, rng, conditions)).toHaveLength(8);
});

test("parameters of different options are not combined, and do not multiply the size of the grid", () => {
  const values = Array.from({ length: 40 }, (_, index) => index);
  const names = values.map((index) => `x${index}`);
  const domains = { which: values, ...Object.fromEntries(names.map((name) => [name, values])) };
  const conditions = Object.fromEntries(names.map((name, index) => [name, { name: "which", value: index }]));
  expect(grid.check(domains, {}, conditions)).toEqual([]);
  expect(grid.propose(domains, {}, rng, conditions)).toHaveLength(1600);
});
