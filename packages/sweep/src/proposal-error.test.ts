import { expect, test } from "vitest";
import { ProposalError, validateProposals } from "./proposal-error.ts";
import { listParameters } from "./space/space.ts";

const all = listParameters({
  "training.batchSize": [32, 64],
  optimizer: [{ type: "sgd", momentum: { type: "float", min: 0, max: 1 } }, { type: "adam" }],
});
const sgd = { parameters: { "training.batchSize": 32, optimizer: "sgd", "optimizer[sgd].momentum": 0.5 } };
const adam = { parameters: { "training.batchSize": 64, optimizer: "adam" } };

test("combinations with a value in its domain for every existing parameter are valid, in any number", () => {
  for (const count of [undefined, 2]) expect(() => validateProposals([sgd, adam], all, count)).not.toThrow();
  expect(() => validateProposals([], all, 0)).not.toThrow();
});

const withoutOptimizer = { "training.batchSize": 64 };

test.for<[proposals: unknown, count: number | undefined, message: string]>([
  [undefined, undefined, "a list of combinations was expected, got nothing"],
  [[], undefined, "at least one combination was expected, got an empty list"],
  [[undefined], 1, "parameter → value was expected, got nothing"],
  [[{ ...sgd, from: 0 }], 1, '"from" must be the index of one of 0 earlier trials, from 0; got 0'],
  [[{ ...sgd, until: "2" }], 1, '"until" must be an epoch, from 1; got "2"'],
  [{ 0: sgd }, 1, "a list of combinations was expected, got {"],
  [() => [sgd], 1, "a list of combinations was expected, got a function"],
  [[sgd], 2, "2 combinations were expected, got 1"],
  [[sgd, adam], 1, "1 combinations were expected, got 2"],
  [[sgd], 0, "0 combinations were expected, got 1"],
  [[sgd, {}], 2, "parameter → value was expected, got nothing"],
  [[{ parameters: null }], 1, "parameter → value was expected, got null"],
  [[{ parameters: [32] }], 1, "parameter → value was expected, got [32]"],
  [
    [{ parameters: { ...adam.parameters, "training.batchSize": 48 } }],
    1,
    "it proposes 48 for training.batchSize, which is not in its domain",
  ],
  [
    [adam, { parameters: { ...sgd.parameters, "optimizer[sgd].momentum": 1.5 } }],
    2,
    "it proposes 1.5 for optimizer.momentum, which is not in its domain",
  ],
  [[{ parameters: withoutOptimizer }], 1, "it proposes no value for optimizer"],
  [
    [{ parameters: { ...adam.parameters, optimizer: "sgd" } }],
    1,
    "it proposes no value for optimizer.momentum",
  ],
])("%o, of which %o are required: %s", ([proposals, count, message]) => {
  expect(() => validateProposals(proposals, all, count)).toThrow(ProposalError);
  expect(() => validateProposals(proposals, all, count)).toThrow(message);
});
