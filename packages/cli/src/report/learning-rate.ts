import { schedules } from "@nn/layers";
import type { LearningRate, ReportTrial } from "@nn/report";
import { createScheduleContext, type TrialSpec } from "@nn/training";

/** Approximate maximum number of points of the curve. */
const MAX_POINTS = 240;

/**
 * Computes the learning rate of a trial over its epochs, with its schedule. `images`: the number of its
 * training images. A schedule that depends on validation metrics gets the metrics of the trial. Returns
 * undefined if the learning rate is constant, or if the schedule or the optimizer is a custom part.
 */
export function computeLearningRates(
  { schedule: { type, ...options }, optimizer, training }: TrialSpec,
  { number, history }: ReportTrial,
  images: number,
): LearningRate | undefined {
  const definition = schedules.get(type);
  const { learningRate } = optimizer;
  if (definition === undefined || typeof learningRate !== "number" || images < 1) return undefined;
  const context = createScheduleContext({ ...training, images });
  const schedule = definition.build(options, context);
  const { stepsPerEpoch } = context;
  const stride = Math.max(1, Math.ceil((stepsPerEpoch * history.epoch.length) / MAX_POINTS));
  const points: (readonly [epochs: number, rate: number])[] = [];
  for (const at of history.epoch.keys()) {
    for (let step = at * stepsPerEpoch; step < (at + 1) * stepsPerEpoch; step += stride)
      points.push([round(step / stepsPerEpoch), round(learningRate * schedule.factor(step))]);
    // As in the training, the schedule has computed the factor of the last step before it gets the metrics.
    schedule.factor((at + 1) * stepsPerEpoch - 1);
    const [loss, accuracy] = [history.validationLoss[at] ?? null, history.validationAccuracy[at] ?? null];
    if (loss !== null && accuracy !== null) schedule.onEpoch?.({ loss, accuracy });
  }
  const isConstant = points.every(([, rate]) => rate === points[0]![1]);
  return isConstant ? undefined : { trial: number, points };
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
