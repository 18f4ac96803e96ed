import { schedules } from "@nn/layers";
import type { DatasetFacts } from "@nn/mnist";
import { noticesOf as samplerNotices } from "@nn/sweep";

import type { Experiment, TrainingSpec, TrialSpec } from "../experiment.ts";
import { scheduleContext } from "../training/schedule-context.ts";
import { known } from "./known-entry.ts";
import type { Facts } from "./own-data.ts";
import { goalOf, type SweepBlock } from "./sweep.ts";

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
    ...stoppingNotices(spec.training),
  ]);
  if (sweep !== undefined) notices.push(...goalNotices(sweep), ...samplerNotices(sweep, count));
  return [...new Set(notices)];
}

/** Early stopping that comes too late to stop. */
function stoppingNotices({ epochs, earlyStopping }: TrainingSpec): string[] {
  if (earlyStopping === undefined || earlyStopping.patience < epochs) return [];
  return [
    `training.earlyStopping has a patience of ${earlyStopping.patience}, and no training of ${epochs} epochs ends before; it takes back the weights of the best epoch all the same`,
  ];
}

/** Where the worst is looked for. */
function goalNotices({ metric, goal }: SweepBlock): string[] {
  if (goal === undefined || goal === goalOf(metric)) return [];
  const end = goal === "maximize" ? "greatest" : "smallest";
  return [`with goal: ${goal} the sweep looks for the ${end} ${metric}, which is the worst`];
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
