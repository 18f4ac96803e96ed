import { completeOptions } from "@nn/catalog/testing/complete-options";
import { expect, test } from "vitest";

import { schedules } from "../../catalog.ts";
import type { ScheduleDefinition } from "../../definition.ts";

/** The required options of schedules, by type. */
const required: Readonly<Record<string, Record<string, unknown>>> = {
  exponential: { gamma: 0.9 },
  "multi-step": { milestones: [2] },
  step: { stepSize: 3 },
};

const cases: [string, ScheduleDefinition, Record<string, unknown>][] = [
  ...[...schedules].map(([type, definition]): [string, ScheduleDefinition, Record<string, unknown>] => [
    type,
    definition,
    required[type] ?? {},
  ]),
  ["cosine with restarts", schedules.get("cosine")!, { restartEvery: 2 }],
];

test.each(cases)(
  "%s is open-ended if and only if a longer run starts with the same factors",
  (_, definition, some) => {
    const options = completeOptions(definition, some);
    const factors = (epochs: number): number[] => {
      const schedule = definition.build(options, { totalSteps: 4 * epochs, stepsPerEpoch: 4 });
      return Array.from({ length: 36 }, (_step, step) => {
        const factor = schedule.factor(step);
        if (step % 4 === 3) schedule.onEpoch?.({ loss: step, accuracy: 1 / (step + 1) });
        return factor;
      });
    };
    const isSame = factors(9).every((factor, step) => factor === factors(21)[step]);
    expect(definition.isOpenEnded?.(options) ?? false).toBe(isSame);
  },
);
