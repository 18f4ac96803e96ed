import {
  LayerError,
  OptionsError,
  resolveLayer,
  planModel,
  type ResolvedLayer,
  type ModelPlan,
} from "@nn/layers";
import { DatasetError } from "@nn/mnist";
import { ShapeError, formatShape, type Shape } from "@nn/tensor";
import { weightAverages, formatPath, isRecord, type PartSpec, type Path, type TrialSpec } from "@nn/training";

import type { Catalogs } from "../catalogs.ts";
import { getCatalogEntry } from "./get-catalog-entry.ts";
import type { DatasetInfoProvider } from "./dataset-info.ts";
import { splitAdvice } from "../errors/split-advice.ts";

/** A mistake in a trial whose values are valid separately. */
export interface SpecError {
  readonly path: Path;
  readonly message: string;
  readonly expected?: string | undefined;
  readonly advice?: string | undefined;
}

/** The catalog entries (including custom parts) and the data to which the blocks of an experiment refer. */
export interface CheckContext {
  readonly catalogs: Catalogs;
  readonly info: DatasetInfoProvider;
}

/** Plans the network of a trial. Throws LayerError if the layers do not fit. */
export function planTrial(spec: TrialSpec, { catalogs, info }: CheckContext): ModelPlan {
  const dataset = info(spec.dataset);
  const choices = spec.model.layers.map((layer) =>
    resolveLayer(layer, { find: (type) => getCatalogEntry(catalogs.layers, { type }) }),
  );
  try {
    return planModel(choices, dataset.exampleShape);
  } catch (error) {
    if (error instanceof LayerError) throw error;
    // A custom layer may return an invalid plan: report the first layer with which planning fails.
    const index = choices.findIndex(
      (_choice, last) => !isPlannable(choices.slice(0, last + 1), dataset.exampleShape),
    );
    const reason = error instanceof Error ? error.message : String(error);
    throw new LayerError(Math.max(0, index), `its plan cannot be used: ${reason}`, { cause: error });
  }
}

function isPlannable(choices: readonly ResolvedLayer[], inputShape: Shape): boolean {
  try {
    planModel(choices, inputShape);
    return true;
  } catch {
    return false;
  }
}

/** Checks the files of the data set that are needed to describe it. */
export function checkDataset(
  { dataset }: Pick<TrialSpec, "dataset">,
  { info }: Pick<CheckContext, "info">,
): SpecError[] {
  try {
    info(dataset);
    return [];
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    const path = error.option === undefined ? ["dataset"] : ["dataset", error.option];
    return error.messages.map((error) => {
      const [message, advice] = splitAdvice(error);
      return { path, message, advice };
    });
  }
}

/**
 * Checks that training has enough images, and that images are held out if the sweep's metric needs them.
 * `metric` is undefined without a sweep.
 */
export function checkSplitSizes(
  { dataset, training }: Pick<TrialSpec, "dataset" | "training">,
  metric: string | undefined,
  { info }: Pick<CheckContext, "info">,
): SpecError[] {
  const { trainingCount } = info(dataset);
  const { validation } = dataset;
  const specErrors: SpecError[] = [];
  const held = validation === "test" ? 0 : validation;
  const left = trainingCount - held;
  const smaller = trainingCount - training.batchSize;
  if (left < 1) {
    specErrors.push({
      path: ["dataset", "validation"],
      message:
        `dataset.validation holds out ${held} ${held === 1 ? "image" : "images"}, but ${dataset.type} has only ` +
        `${trainingCount} training ${trainingCount === 1 ? "image" : "images"}`,
      expected: `a whole number below ${trainingCount}`,
      advice: `A sixth of the images is usual: ${suggestValidationSize(trainingCount)}.`,
    });
  } else if (training.batchSize > left) {
    specErrors.push({
      path: ["training", "batchSize"],
      message:
        `training.batchSize is ${training.batchSize}, and dataset.validation leaves ${left} of ` +
        `${trainingCount} images to train on`,
      expected: `a batchSize of at most ${left}${smaller < 0 ? "" : `, or a validation of at most ${smaller}`}`,
      advice:
        trainingCount < FEW_IMAGES
          ? "Make batchSize smaller, or use more images."
          : `Usual values are batchSize 100 and validation ${suggestValidationSize(trainingCount)}.`,
    });
  }
  if (metric?.startsWith("validation.") === true && held === 0) {
    specErrors.push({
      path: ["dataset", "validation"],
      message:
        validation === "test"
          ? `the sweep ranks by ${metric}, but the test set (dataset.validation) is never used for model selection`
          : `the sweep ranks by ${metric}, and dataset.validation holds out no images`,
      expected: `a number of images to hold out, such as ${suggestValidationSize(trainingCount)}`,
      advice: "Hold out some images, or rank by train.loss.",
    });
  }
  return specErrors;
}

/** With fewer images than this, batches of 100 are not suggested. */
const FEW_IMAGES = 1000;

/** Returns the suggested number of images to hold out of this many. */
function suggestValidationSize(count: number): number {
  return Math.max(1, Math.round(count / 6));
}

/**
 * Checks that the layers fit the images and each other, and that the loss fits the classes. Allocates
 * nothing.
 */
export function checkLayers(spec: TrialSpec, files: CheckContext): SpecError[] {
  let plan: ModelPlan;
  try {
    plan = planTrial(spec, files);
  } catch (error) {
    if (!(error instanceof LayerError)) throw error;
    const path = ["model", "layers", ...error.path];
    const { type, after } = describeNeighbors(spec, path);
    const ownName = files.catalogs.layers.get(type)?.type ?? type;
    const [fact, advice] = splitAdvice(error.message.replace(`${ownName}: `, ""));
    return [
      {
        path,
        message: `${formatPath(path)}: ${type} ${after}: ${fact}`,
        advice: advice ?? "Change this layer or the one before it.",
      },
    ];
  }

  const { classes } = files.info(spec.dataset);
  const { type: _type, ...options } = spec.loss;
  try {
    getCatalogEntry(files.catalogs.losses, spec.loss).check(plan.outputShape, classes, options);
    return [];
  } catch (error) {
    if (!(error instanceof ShapeError || error instanceof OptionsError)) throw error;
    const [fact, advice] = splitAdvice(error.message);
    if (error instanceof OptionsError) {
      return [{ path: ["loss", error.option], message: fact, advice }];
    }
    return [
      {
        path: ["model", "layers", spec.model.layers.length - 1],
        message: fact,
        advice:
          advice ??
          `The last layer outputs ${formatShape(plan.outputShape)}; ${spec.dataset.type} has ${classes} classes.`,
      },
    ];
  }
}

/**
 * Returns the type of the layer at a path and its position in words: `after flatten`, `first in residual`.
 */
function describeNeighbors(spec: TrialSpec, path: Path): { readonly type: string; readonly after: string } {
  const type = getLayerType(spec, path) ?? "";
  const before = getLayerType(spec, [...path.slice(0, -1), Number(path.at(-1)) - 1]);
  if (before !== undefined) return { type, after: `after ${before}` };
  // The layer is the first of its list, which belongs to a layer or to the model.
  const holders = path.map((_step, length) => getLayerType(spec, path.slice(0, length)));
  const holder = holders.findLast((each) => each !== undefined);
  return {
    type,
    after: holder === undefined ? `after the images of ${spec.dataset.type}` : `first in ${holder}`,
  };
}

/** Returns the `type` of the block at a path, if there is one. */
function getLayerType(spec: TrialSpec, path: Path): string | undefined {
  let value: unknown = spec;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else value = isRecord(value) ? value[step] : undefined;
  }
  return isRecord(value) && typeof value["type"] === "string" ? value["type"] : undefined;
}

/** Checks the options of the optimizer that are valid separately but cannot be combined. */
export function checkOptimizer(
  optimizer: PartSpec,
  { catalogs }: Pick<CheckContext, "catalogs">,
): SpecError[] {
  const { type: _type, ...options } = optimizer;
  try {
    getCatalogEntry(catalogs.optimizers, optimizer).check?.(options);
    return [];
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    const [fact, advice] = splitAdvice(error.message);
    return [{ path: ["optimizer", error.option], message: fact, advice }];
  }
}

/**
 * Checks that images are held out if the schedule depends on validation metrics. The test set is never used
 * for model selection.
 */
export function checkSchedule(
  { dataset, schedule }: Pick<TrialSpec, "dataset" | "schedule">,
  files: CheckContext,
): SpecError[] {
  if (getCatalogEntry(files.catalogs.schedules, schedule).needsValidation !== true) return [];
  return checkHeldOut(dataset, `the schedule ${schedule.type} depends on validation metrics`, files);
}

/**
 * Checks that early stopping has images held out and a reachable improvement, and that an average begins
 * before training ends.
 */
export function checkTraining(
  { dataset, training }: Pick<TrialSpec, "dataset" | "training">,
  files: Pick<CheckContext, "info">,
): SpecError[] {
  const { average, earlyStopping, epochs } = training;
  const specErrors =
    earlyStopping === undefined
      ? []
      : checkHeldOut(dataset, "training.earlyStopping depends on validation metrics", files);
  if (earlyStopping?.metric === "accuracy" && earlyStopping.minDelta >= 1)
    specErrors.push({
      path: ["training", "earlyStopping", "minDelta"],
      message:
        "training.earlyStopping: the accuracy goes from 0 to 1, so no value can be better by more than " +
        String(earlyStopping.minDelta),
      expected: "a number below 1, such as 0.001 for a tenth of a percent",
      advice: "Make minDelta smaller.",
    });
  if (average === undefined) return specErrors;
  const { type: _type, ...options } = average;
  try {
    getCatalogEntry(weightAverages, average).check?.(options, epochs);
    return specErrors;
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    const [fact, advice] = splitAdvice(error.message);
    return [...specErrors, { path: ["training", "average", error.option], message: fact, advice }];
  }
}

/** Reports a data set without held-out images. `who` names what depends on the validation metrics. */
function checkHeldOut(
  dataset: TrialSpec["dataset"],
  who: string,
  files: Pick<CheckContext, "info">,
): SpecError[] {
  const { validation } = dataset;
  if (typeof validation === "number" && validation > 0) return [];
  // Another check reports mistakes in the files.
  const count = checkDataset({ dataset }, files).length > 0 ? undefined : files.info(dataset).trainingCount;
  const suggestion = count === undefined ? "" : `, such as ${suggestValidationSize(count)}`;
  return [
    {
      path: ["dataset", "validation"],
      message:
        validation === "test"
          ? `${who}, but the test set (dataset.validation) is never used for model selection`
          : `${who}, and dataset.validation holds out no images`,
      expected: `a number of images to hold out${suggestion}`,
      advice: "Hold out some images.",
    },
  ];
}
