import { completeOptions, formatOptions } from "@nn/catalog/testing/complete-options";
import { describe, expect, test } from "vitest";

import type { ScheduleDefinition } from "../definition.ts";
import { restoreStates } from "./restore-states.ts";

/** Defines the tests that every schedule must pass. Call it in a vitest file, with the options to test. */
export function testSchedule(
  definition: ScheduleDefinition,
  configurations: readonly Record<string, unknown>[],
): void {
  const hasWarmup = Object.hasOwn(definition.options.properties, "warmup");
  for (const options of configurations) {
    /**
     * Returns the factor of each step of a training run in which the validation metrics get worse every
     * epoch.
     */
    const run = (epochs: number, stepsPerEpoch: number, more: Record<string, unknown> = {}): number[] => {
      const complete = completeOptions(definition, { ...options, ...more });
      const totalSteps = epochs * stepsPerEpoch;
      const schedule = definition.build(complete, { totalSteps, stepsPerEpoch });
      return Array.from({ length: totalSteps }, (_, step) => {
        const factor = schedule.factor(step);
        const epoch = Math.floor(step / stepsPerEpoch);
        if ((step + 1) % stepsPerEpoch === 0) schedule.onEpoch?.({ loss: epoch, accuracy: 1 / (epoch + 1) });
        return factor;
      });
    };

    describe(`${definition.type} ${formatOptions(options)}`, () => {
      test.each([
        { epochs: 1, stepsPerEpoch: 1 },
        { epochs: 1, stepsPerEpoch: 7 },
        { epochs: 9, stepsPerEpoch: 1 },
        { epochs: 30, stepsPerEpoch: 11 },
      ])("gives a factor of 0 … 1 for $epochs epochs of $stepsPerEpoch", ({ epochs, stepsPerEpoch }) => {
        const factors = run(epochs, stepsPerEpoch);
        expect(factors.filter((factor) => !(factor >= 0 && factor <= 1))).toEqual([]);
      });

      test("two runs have the same factors", () => {
        expect(run(20, 3)).toEqual(run(20, 3));
      });

      test("an open-ended schedule starts a longer run with the same factors as a shorter one", () => {
        const isOpenEnded = definition.isOpenEnded?.(completeOptions(definition, options)) ?? false;
        const [short, long] = [run(9, 4), run(21, 4)];
        expect(isOpenEnded ? long.slice(0, short.length) : short).toEqual(short);
      });

      test("resumes from its state as if never stopped", () => {
        const warmup = hasWarmup ? { warmup: { epochs: 1 } } : {};
        const complete = completeOptions(definition, { ...options, ...warmup });
        const build = () => definition.build(complete, { totalSteps: 60, stepsPerEpoch: 3 });
        const [first, second] = [build(), build()];
        const factors: [before: number, after: number][] = [];
        for (let epoch = 0; epoch < 20; epoch++) {
          for (let step = 3 * epoch; step < 3 * epoch + 3; step++) {
            const factor = first.factor(step);
            if (epoch > 7) factors.push([factor, second.factor(step)]);
          }
          const validation = { loss: epoch, accuracy: 1 / (epoch + 1) };
          first.onEpoch?.(validation);
          if (epoch > 7) second.onEpoch?.(validation);
          if (epoch === 7) restoreStates(first.state ?? [], second.state ?? []);
        }
        expect(factors.map(([, after]) => after)).toEqual(factors.map(([before]) => before));
      });

      // A custom schedule does not need a warm-up.
      if (!hasWarmup) return;

      test("after a linear warm-up, starts as it would without one", () => {
        const warmup = { epochs: 2, steps: 1, from: 0.125 };
        const warm = run(12, 4, { warmup });
        const line = Array.from({ length: 9 }, (_, step) => 0.125 + (0.875 * step) / 9);
        expect(warm.slice(0, 9)).toEqual(line);
        const cold = definition.build(completeOptions(definition, options), {
          totalSteps: 39,
          stepsPerEpoch: 4,
        });
        expect(warm[9]).toBe(cold.factor(0));
      });

      test("a warm-up as long as the training run replaces the schedule", () => {
        expect(run(2, 2, { warmup: { steps: 10 } })).toEqual([0, 0.25, 0.5, 0.75]);
      });
    });
  }
}
