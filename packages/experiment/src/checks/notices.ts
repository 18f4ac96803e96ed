import { isDark, splitValidation, type DatasetInfo } from "@nn/mnist";
import { continuesNetworks, collectSweepNotices as samplerNotices } from "@nn/sweep";
import { createRng } from "@nn/tensor";
import {
  createScheduleContext,
  getOutputLayerTypes,
  type PartSpec,
  type TrainingSpec,
  type TrialSpec,
} from "@nn/training";

import type { Experiment } from "../experiment.ts";
import type { CheckContext } from "./check-trial.ts";
import { getCatalogEntry } from "./get-catalog-entry.ts";
import { noticeGoal, noticeMetric } from "./metric-notices.ts";
import type { SweepBlock } from "../sweep/sweep.ts";

/**
 * Returns distinct notices about likely mistakes in a valid experiment. A notice is a sentence without its
 * final period.
 */
export function collectNotices(
  { generations, seed }: Pick<Experiment, "generations" | "seed">,
  sweep: SweepBlock | undefined,
  specs: readonly TrialSpec[],
  { catalogs, info }: CheckContext,
): string[] {
  const count = generations.reduce((sum, size) => sum + size, 0);
  const notices = specs.flatMap((spec) => [
    ...(info(spec.dataset).notices ?? []),
    ...noticeSplit(spec.dataset, info(spec.dataset), seed),
    ...noticePixels(spec.dataset, info(spec.dataset)),
    ...noticeSchedule("notices", spec, info(spec.dataset), catalogs),
    ...noticeAugmentations(spec, info(spec.dataset), catalogs),
    ...noticeEarlyStopping(spec.training),
    ...noticeOutput(spec, catalogs),
  ]);
  const idle = specs.map((spec) => [
    ...noticeSchedule("idleOptions", spec, info(spec.dataset), catalogs),
    ...noticeIdleAugmentations(spec, catalogs),
  ]);
  // A sweep may compare an option without effect with others, or with its absence.
  notices.push(...(idle[0] ?? []).filter((notice) => idle.every((each) => each.includes(notice))));
  for (const notice of [noticeDecay, noticeLookahead]) {
    const each = specs.map((spec) => notice(spec, info(spec.dataset)));
    if (each.every(({ length }) => length > 0)) notices.push(...each.flat());
  }
  if (sweep !== undefined)
    notices.push(
      ...noticeGoal(sweep),
      ...noticeMetric(sweep),
      ...samplerNotices(sweep, count),
      ...noticePopulation(sweep, specs),
    );
  return [...new Set(notices)];
}

/**
 * Returns a notice about classes whose images are all held out. `seed` is the seed of the experiment. It
 * determines the held-out images.
 */
function noticeSplit(
  { validation }: TrialSpec["dataset"],
  { trainingCount, trainingLabels, classNames }: DatasetInfo,
  seed: number,
): string[] {
  if (trainingLabels === undefined || validation === "test" || validation === 0) return [];
  if (validation >= trainingCount) return [];
  const { training } = splitValidation(trainingCount, validation, createRng(seed).fork("validation"));
  const taught = new Set(Array.from(training, (image) => trainingLabels[image]!));
  const untaught = [...new Set(trainingLabels)]
    .filter((label) => !taught.has(label))
    .toSorted((a, b) => a - b);
  if (untaught.length === 0) return [];
  const names = untaught.map((label) => classNames?.[label] ?? label);
  const which = `${untaught.length === 1 ? "class" : "classes"} ${names.join(", ")}`;
  return [
    `dataset.validation: ${validation} holds out every image of ${which}, so none is left for ` +
      "training; hold out fewer images, or add images",
  ];
}

/**
 * Returns a notice about likely mistakes in the pixels: all pixels of a set are equal, the scale is not 0 to
 * 255, or training and test images have different scales.
 */
function noticePixels(
  { normalize, type }: TrialSpec["dataset"],
  { pixels, brighten = "multiply them" }: DatasetInfo,
): string[] {
  if (pixels === undefined) return [];
  const of = { training: `the training images of ${type}`, test: `the test images of ${type}` };
  for (const part of ["training", "test"] as const) {
    const { smallest, largest } = pixels[part];
    const effect =
      part === "training" ? "a network cannot learn from them" : "a network cannot distinguish them";
    if (smallest === largest) return [`every pixel of ${of[part]} is ${largest}: ${effect}`];
  }
  const [isTrainingDark, isTestDark] = [isDark(pixels.training), isDark(pixels.test)];
  const dark = isTrainingDark ? "training" : "test";
  const { largest } = pixels[dark];
  const { among } = pixels[dark];
  const ofDark = among === undefined ? of[dark] : `${among} of ${of[dark]}`;
  const advice = `${brighten} by ${Math.floor(255 / largest)}`;
  if (isTrainingDark !== isTestDark) {
    const bright = isTrainingDark ? "test" : "training";
    return [
      `no pixel of ${ofDark} is above ${largest}, but ${of[bright]} have brighter pixels: the two sets ` +
        `seem to have different scales; ${advice}`,
    ];
  }
  // Normalization makes the scale irrelevant.
  if (normalize || !isTrainingDark) return [];
  return [
    `no pixel of ${ofDark} is above ${largest}, and white is 255: all of them are nearly black; ` +
      `${advice}, or set dataset.normalize`,
  ];
}

/**
 * Returns a notice if early stopping never applies. The first epoch always counts as an improvement, so
 * training ends after epoch 1 + patience at the earliest.
 */
function noticeEarlyStopping({ epochs, earlyStopping }: TrainingSpec): string[] {
  if (earlyStopping === undefined || 1 + earlyStopping.patience < epochs) return [];
  return [
    `training.earlyStopping cannot stop a training run of ${formatEpochs(epochs)}, because its patience is ` +
      `${earlyStopping.patience}; it still restores the weights of the best epoch`,
  ];
}

function formatEpochs(count: number): string {
  return `${count} ${count === 1 ? "epoch" : "epochs"}`;
}

/**
 * Returns a notice if biases are excluded from a weight decay that is 0 or that the optimizer does not have.
 */
function noticeDecay({ optimizer, training }: TrialSpec): string[] {
  const { type, weightDecay } = optimizer;
  if (training.decayBias !== false || (weightDecay !== 0 && weightDecay !== undefined)) return [];
  const reason =
    weightDecay === 0
      ? "optimizer.weightDecay is 0; set it"
      : `the optimizer ${type} has no option weightDecay; use another optimizer`;
  return [`training.decayBias: false has no effect, because ${reason}, or remove decayBias`];
}

/** Returns a notice if training ends before lookahead moves the weights for the first time. */
function noticeLookahead({ dataset, training }: TrialSpec, { trainingCount }: DatasetInfo): string[] {
  const { lookahead } = training;
  if (lookahead === undefined) return [];
  const { totalSteps, stepsPerEpoch } = getScheduleContext(dataset, training, trainingCount);
  if (lookahead.steps <= totalSteps) return [];
  return [
    `training.lookahead has no effect: it moves the weights every ${lookahead.steps} steps, and the training has ` +
      `${totalSteps} (${stepsPerEpoch} per epoch); make training.lookahead.steps smaller`,
  ];
}

/**
 * Returns what the schedule reports: its `notices`, such as about phases after the last epoch, or its
 * `idleOptions`, which have no effect.
 */
function noticeSchedule(
  hook: "notices" | "idleOptions",
  { dataset, schedule, training }: TrialSpec,
  { trainingCount }: DatasetInfo,
  { schedules }: Pick<CheckContext["catalogs"], "schedules">,
): string[] {
  const { type: _type, ...options } = schedule;
  const context = getScheduleContext(dataset, training, trainingCount);
  return getCatalogEntry(schedules, schedule)[hook]?.(options, context) ?? [];
}

/** Returns the notices of the augmentations themselves. */
function noticeAugmentations(
  { augment = [], evaluation }: TrialSpec,
  { exampleShape }: DatasetInfo,
  { augmentations }: Pick<CheckContext["catalogs"], "augmentations">,
): string[] {
  return [...augment, ...(evaluation?.augment ?? [])].flatMap(({ type, ...options }) => {
    const definition = getCatalogEntry(augmentations, { type });
    return definition.notices?.(options, exampleShape) ?? [];
  });
}

/** Returns notices about augmentations that change no image. */
function noticeIdleAugmentations(
  { augment = [], evaluation }: TrialSpec,
  { augmentations }: Pick<CheckContext["catalogs"], "augmentations">,
): string[] {
  const isIdentity = ({ type, ...options }: PartSpec): boolean =>
    getCatalogEntry(augmentations, { type }).isIdentity?.(options) === true;
  const notices = augment.flatMap((each, index) =>
    isIdentity(each)
      ? [`augment[${index}] (${each.type}) has no effect: with these options, it changes no image`]
      : [],
  );
  if (evaluation?.augment.every(isIdentity) === true) {
    notices.push(
      "evaluation has no effect: its augmentations change no image, so all views of an image are equal; change " +
        "their options, or remove evaluation",
    );
  }
  return notices;
}

/** Returns a notice about each logger that is listed more than once. */
export function noticeDuplicateLoggers(loggers: readonly { readonly type: string }[]): string[] {
  const types = loggers.map(({ type }) => type);
  const duplicates = new Set(types.filter((type, index) => types.indexOf(type) < index));
  return [...duplicates].map((type) => `loggers lists ${type} more than once; list it once`);
}

function getScheduleContext(
  { validation }: TrialSpec["dataset"],
  training: TrainingSpec,
  trainingCount: number,
): ReturnType<typeof createScheduleContext> {
  const held = validation === "test" ? 0 : validation;
  return createScheduleContext({ ...training, images: trainingCount - held });
}

/** Maps each activation whose outputs are all or nearly all positive to its effect, in words for a notice. */
const ONE_SIDED: Readonly<Record<string, string>> = {
  relu: "sets negative outputs to 0",
  softplus: "makes all outputs positive",
  gelu: "keeps outputs above −0.2",
  silu: "keeps outputs above −0.3",
  mish: "keeps outputs above −0.4",
  "hard-swish": "keeps outputs above −0.4",
};

/**
 * Returns a notice about a likely mistake in the last layer. It may apply a function that the loss already
 * applies, it may be a dropout, or its outputs may have only one sign although the loss expects both.
 */
function noticeOutput(
  { model, loss }: TrialSpec,
  { losses }: Pick<CheckContext["catalogs"], "losses">,
): string[] {
  const closing = new Set(getOutputLayerTypes(model.layers));
  const [last] = closing;
  const { appliesToOutputs, takesBothSigns } = getCatalogEntry(losses, loss);
  if (last === undefined || closing.size > 1) return [];
  const advice = "end the network in a dense layer";
  const where =
    model.layers.at(-1)?.type === last ? `the last layer is ${last}` : `the network ends in ${last}`;
  if (last === "dropout" || last === "dropout2d")
    return [`${where}, which sets outputs of the network to 0 at random in training: ${advice}`];
  if (appliesToOutputs !== undefined && (last === "softmax" || last === "sigmoid"))
    return [`${where}, but the loss ${loss.type} already applies a ${appliesToOutputs}: ${advice}`];
  const effect = Object.hasOwn(ONE_SIDED, last) ? ONE_SIDED[last] : undefined;
  if (effect === undefined || (appliesToOutputs === undefined && takesBothSigns !== true)) return [];
  return [`${where}, which ${effect}, but the loss ${loss.type} expects outputs of both signs: ${advice}`];
}

/**
 * Returns a notice if early stopping never applies with pbt, because pbt restarts the count after each
 * comparison. The first epoch after it always counts as an improvement.
 */
function noticePopulation(sweep: SweepBlock, specs: readonly TrialSpec[]): string[] {
  const { sampler } = sweep;
  const { interval } = sampler;
  if (!continuesNetworks(sweep) || typeof interval !== "number") return [];
  return specs.flatMap(({ training: { epochs, earlyStopping } }) =>
    earlyStopping === undefined ||
    1 + earlyStopping.patience < interval ||
    1 + earlyStopping.patience >= epochs
      ? []
      : [
          `training.earlyStopping never stops a trial: its patience is ${earlyStopping.patience}, but ` +
            `${sampler.type} restarts the count every ${interval === 1 ? "epoch" : `${interval} epochs`}; ` +
            (interval > 2
              ? "make patience smaller than the interval − 1"
              : "make the interval at least patience + 2"),
        ],
  );
}
