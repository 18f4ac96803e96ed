import { Type, type Static } from "typebox";

import type { Schedule, ScheduleContext } from "../../definition.ts";

const warmup = Type.Object(
  {
    epochs: Type.Number({ minimum: 0, default: 0, description: "Length of the warm-up in epochs." }),
    steps: Type.Integer({
      minimum: 0,
      default: 0,
      description: "Additional steps of the warm-up, added to its epochs.",
    }),
    from: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0,
      description: "Factor of the learning rate at the first step.",
    }),
  },
  {
    default: {},
    description: "Raises the learning rate linearly before the schedule begins.",
  },
);

/** The option `warmup`, for `Type.Object({ …, ...warmupOption })`. Every built-in schedule has it. */
export const warmupOption = { warmup };

/** Returns a notice if the warm-up lasts at least as long as the training run. */
export function getWarmupNotices(
  { warmup: { epochs, steps } }: { readonly warmup: Static<typeof warmup> },
  { totalSteps, stepsPerEpoch }: ScheduleContext,
): string[] {
  const length = steps + Math.round(epochs * stepsPerEpoch);
  if (length < totalSteps) return [];
  return [
    `the warm-up of the schedule takes ${length} steps, ` +
      `and the training has ${totalSteps} (${stepsPerEpoch} per epoch): ` +
      `the schedule itself never begins`,
  ];
}

/**
 * Returns a notice if the training run ends before the first drop of the schedule, or within the warm-up.
 * `firstDrop` counts epochs from the end of the warm-up. `drops` says whether this drop is certain, or that
 * the schedule restarts instead.
 */
export function getUnreachedDropNotices(
  type: string,
  firstDrop: number,
  options: { readonly warmup: Static<typeof warmup> },
  context: ScheduleContext,
  drops: "first drops" | "can first drop" | "first restarts" = "first drops",
): string[] {
  const { totalSteps, stepsPerEpoch } = context;
  const { epochs, steps } = options.warmup;
  const notices = getWarmupNotices(options, context);
  if (notices.length > 0) return notices;
  const behind = totalSteps - steps - Math.round(epochs * stepsPerEpoch);
  if (firstDrop * stepsPerEpoch < behind) return [];
  const warm = steps + epochs > 0 ? ", counted from the end of its warm-up" : "";
  return [
    `the schedule ${type} ${drops} the learning rate after epoch ${firstDrop}${warm}, but the ` +
      "training ends before that",
  ];
}

/**
 * Builds a schedule that follows a linear warm-up of w steps. For t < w, factor(t) = from + (1 − from)·t / w.
 * Then the schedule begins, with its steps counted from the end of the warm-up. This is the same as PyTorch's
 * LinearLR followed by the schedule. Goyal et al. 2017, section 2.2.
 */
export function buildWithWarmup(
  { epochs, steps, from }: Static<typeof warmup>,
  { totalSteps, stepsPerEpoch }: ScheduleContext,
  build: (rest: ScheduleContext) => Schedule,
): Schedule {
  const length = Math.min(totalSteps, steps + Math.round(epochs * stepsPerEpoch));
  const schedule = build({ totalSteps: totalSteps - length, stepsPerEpoch });
  // The latest step passed to `factor`.
  const latest = { step: 0 };
  return {
    state: [{ tensors: [], numbers: latest }, ...(schedule.state ?? [])],
    factor(step) {
      latest.step = step;
      return step < length ? from + ((1 - from) * step) / length : schedule.factor(step - length);
    },
    // Metrics of epochs within the warm-up are not the result of the schedule's learning rate.
    onEpoch(validation) {
      if (latest.step >= length) schedule.onEpoch?.(validation);
    },
  };
}
