import { completeOptions } from "@nn/catalog/testing/complete-options";
import { readFileSync } from "node:fs";

import { schedules } from "@nn/layers";
import { describe, expect, test } from "vitest";

/** The results of golden/schedules.py, computed with PyTorch. The script explains how to run it. */
interface Golden {
  readonly stepsPerEpoch: number;
  /** The validation losses after each epoch, for reduce-on-plateau. */
  readonly losses: readonly number[];
  readonly accuracies: readonly number[];
  readonly cases: readonly {
    readonly options: { readonly type: string; readonly [option: string]: unknown };
    readonly factors: readonly number[];
  }[];
}

const file = new URL("../golden/schedules.json", import.meta.url);
const golden: Golden = JSON.parse(readFileSync(file, "utf8"));
const { stepsPerEpoch } = golden;

test("at least three configurations of every schedule are stored", () => {
  const counts = Map.groupBy(golden.cases, ({ options }) => options.type);
  expect([...schedules.keys()].filter((type) => (counts.get(type)?.length ?? 0) < 3)).toEqual([]);
});

describe("the factor of every step agrees with PyTorch", () => {
  test.each(golden.cases)("of $options", ({ options: { type, ...options }, factors }) => {
    const definition = schedules.get(type)!;
    const totalSteps = factors.length;
    const schedule = definition.build(completeOptions(definition, options), { totalSteps, stepsPerEpoch });
    const worst = factors.map((theirs, step) => {
      const ours = schedule.factor(step);
      const epoch = (step + 1) / stepsPerEpoch;
      if (Number.isInteger(epoch)) {
        schedule.onEpoch?.({ loss: golden.losses[epoch - 1]!, accuracy: golden.accuracies[epoch - 1]! });
      }
      return Math.abs(ours - theirs) / Math.max(Math.abs(theirs), 1e-6);
    });
    expect(Math.max(...worst)).toBeLessThan(1e-10);
  });
});
