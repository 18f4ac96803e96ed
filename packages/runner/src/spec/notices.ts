import { schedules } from "@nn/layers";
import type { DatasetFacts } from "@nn/mnist";
import { noticesOf as samplerNotices } from "@nn/sweep";

import type { Experiment, TrialSpec } from "../experiment.ts";
import { scheduleContext } from "../training/schedule-context.ts";
import { known } from "./known-entry.ts";
import type { Facts } from "./own-data.ts";
import type { SweepBlock } from "./sweep.ts";

/** What may be a slip in an experiment without a mistake, and may be meant: sentences for a person, without their dots, each once. */
export function noticesOf(
  { generations }: Pick<Experiment, "generations">,
  sweep: SweepBlock | undefined,
  specs: readonly TrialSpec[],
  facts: Facts,
): string[] {
  const count = generations.reduce((sum, size) => sum + size, 0);
  const notices = specs.flatMap((spec) => [
    ...(facts(spec.dataset).notices ?? []),
    ...scheduleNotices(spec, facts(spec.dataset)),
  ]);
  return [...new Set([...notices, ...(sweep === undefined ? [] : samplerNotices(sweep, count))])];
}

/** What of the schedule lies behind the end of the training. */
function scheduleNotices(
  { dataset, schedule, training }: TrialSpec,
  { trainingCount }: DatasetFacts,
): string[] {
  const { type: _type, ...options } = schedule;
  const held = dataset.validation === "test" ? 0 : dataset.validation;
  const context = scheduleContext({ ...training, images: trainingCount - held });
  return known(schedules, schedule).notices?.(options, context) ?? [];
}
