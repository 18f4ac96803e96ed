import { createRng } from "@nn/tensor";
import fc from "fast-check";
import { Value } from "typebox/value";
import { expect, test } from "vitest";
import { testSampler } from "../testing.ts";
import { domain, createSweptPaths } from "../testing/arbitraries.ts";
import { random } from "./random.ts";

testSampler(random, [{ trials: 20 }]);

const seed = fc.maxSafeNat();
const trials = fc.integer({ min: 1, max: 20 });

test("proposes the requested number of combinations, the same ones each time", () => {
  fc.assert(
    fc.property(createSweptPaths(domain), trials, seed, (parameters, count, start) => {
      const found = random.propose(parameters, { trials: count }, createRng(start));
      expect(found).toHaveLength(count);
      for (const combination of found) expect(Object.keys(combination)).toEqual(Object.keys(parameters));
      expect(random.propose(parameters, { trials: count }, createRng(start))).toEqual(found);
    }),
  );
});

test("the values of a parameter do not depend on other parameters or on the number of trials", () => {
  fc.assert(
    fc.property(createSweptPaths(domain), domain, trials, seed, (parameters, added, count, start) => {
      const more = { "a new one": added, ...parameters };
      const before = random.propose(parameters, { trials: count }, createRng(start));
      const after = random.propose(more, { trials: count + 3 }, createRng(start));
      for (const [index, combination] of before.entries()) {
        for (const path of Object.keys(parameters).filter((name) => name !== "a new one")) {
          expect(after[index]![path]).toBe(combination[path]);
        }
      }
    }),
  );
});

test("another seed gives other values", () => {
  const parameters = { lr: { type: "float", min: 0, max: 1 } } as const;
  const [a, b] = [1, 2].map((start) => random.propose(parameters, { trials: 5 }, createRng(start)));
  expect(a).not.toEqual(b);
});

// Recorded once: results.csv of a published sweep depends on them, so they must never change.
test("the values of a seed never change", () => {
  const parameters = {
    "optimizer.learningRate": { type: "float", min: 0.001, max: 1, scale: "log" },
    "model.layers[1].units": { type: "int", min: 16, max: 512, scale: "log" },
    "model.layers[2].type": ["relu", "tanh"],
  } as const;
  expect(random.propose(parameters, { trials: 3 }, createRng(1))).toEqual([
    { "optimizer.learningRate": 0.00956296, "model.layers[1].units": 54, "model.layers[2].type": "relu" },
    { "optimizer.learningRate": 0.0239488, "model.layers[1].units": 125, "model.layers[2].type": "tanh" },
    { "optimizer.learningRate": 0.119818, "model.layers[1].units": 48, "model.layers[2].type": "tanh" },
  ]);
});

test("the number of trials is at least one", () => {
  expect(Value.Check(random.options, { trials: 1 })).toBe(true);
  expect(Value.Check(random.options, { trials: 0 })).toBe(false);
  expect(Value.Check(random.options, {})).toBe(false);
});
