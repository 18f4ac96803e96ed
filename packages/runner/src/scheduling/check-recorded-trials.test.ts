import type { Trial } from "@nn/training";
import { expect, test } from "vitest";

import { checkRecordedTrials } from "./check-recorded-trials.ts";

const record = { seed: 1, parameters: { rate: 0.05, optimizer: { type: "adam", beta1: 0.9 } } };

function check(changes: Partial<Trial>): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the spec is not read
  const trial = { number: 3, configuration: 2, ...record, ...changes } as Trial;
  checkRecordedTrials([trial], new Map([[3, record]]));
}

test("a trial with the recorded values is accepted, whatever the order of keys", () => {
  expect(() => check({})).not.toThrow();
  expect(() => check({ parameters: { optimizer: { beta1: 0.9, type: "adam" }, rate: 0.05 } })).not.toThrow();
  expect(() => check({ number: 4, seed: 2 })).not.toThrow(); // it has no record
});

test("a trial with other values, another seed or another network to continue is refused", () => {
  expect(() => check({ parameters: { ...record.parameters, rate: 0.09 } })).toThrow(
    'Trial 3 was trained with optimizer: {"beta1":0.9,"type":"adam"}, rate: 0.05, seed 1, but the sampler now ' +
      'proposes optimizer: {"beta1":0.9,"type":"adam"}, rate: 0.09, seed 1.',
  );
  expect(() => check({ seed: 2 })).toThrow("proposes");
  expect(() => check({ parent: 1 })).toThrow("the network of trial 1, seed 1");
});
