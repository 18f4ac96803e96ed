import type { Static, TObject } from "typebox";

import type { ScheduleContext } from "../../definition.ts";
import type { warmupOption } from "./warmup.ts";

type Warmup = Static<TObject<typeof warmupOption>>;

/** Returns a notice if the warm-up changes no learning rate although its options are set. */
export function getIdleWarmupNotices(
  { warmup: { epochs, steps, from } }: Warmup,
  { stepsPerEpoch }: Pick<ScheduleContext, "stepsPerEpoch">,
): string[] {
  const length = steps + Math.round(epochs * stepsPerEpoch);
  if (length === 0 && (epochs > 0 || from > 0)) {
    return [
      "the warm-up of the schedule has no effect, because it takes 0 steps; make warmup.epochs or warmup.steps " +
        "greater",
    ];
  }
  if (length === 0 || from < 1) return [];
  return ["the warm-up of the schedule has no effect, because warmup.from is 1; make it smaller"];
}

/** Returns a notice if an option of a schedule is 1, so that its factor is always 1 after the warm-up. */
export function getConstantFactorNotices(type: string, option: string, value: number): string[] {
  if (value !== 1) return [];
  return [
    `the schedule ${type} never changes the learning rate, because ${option} is 1; make it smaller, or use the ` +
      "schedule constant",
  ];
}
