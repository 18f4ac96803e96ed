import { losses, schedules } from "@nn/layers";
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
    ...outputNotices(spec),
  ]);
  if (sweep !== undefined)
    notices.push(...goalNotices(sweep), ...metricNotices(sweep), ...samplerNotices(sweep, count));
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

/** A function at the end of the network that the loss has itself, or that takes away what the loss needs. */
function outputNotices({ model, loss }: TrialSpec): string[] {
  const last = model.layers.at(-1)?.type;
  const { appliesToOutputs } = known(losses, loss);
  if (last === undefined || appliesToOutputs === undefined) return [];
  const advice = "end the network in a dense layer";
  if (last === "softmax" || last === "sigmoid")
    return [
      `the last layer is ${last}, and the loss ${loss.type} applies a ${appliesToOutputs} itself: ${advice}`,
    ];
  if (last !== "relu") return [];
  return [
    `the last layer is relu, which makes all negative outputs 0, and the loss ${loss.type} takes outputs of both signs: ${advice}`,
  ];
}

/** Trials that are ranked by figures of which each is measured in another way. */
function metricNotices({ metric, parameters }: SweepBlock): string[] {
  if (!metric.endsWith(".loss")) return [];
  const swept = Object.keys(parameters).filter((path) => /^loss(?:$|[.[])/.test(path));
  if (swept.length === 0) return [];
  const accuracy = metric.replace(".loss", ".accuracy");
  return [
    `the sweep ranks by ${metric} while ${swept.join(" and ")} changes how the loss is measured, so the figures of its trials cannot be compared; rank by ${accuracy}`,
  ];
}
