import type { LayerSummary, NestedLayerSummary } from "@nn/layers";
import { formatPath, type Path, type TrialSpec } from "@nn/training";

import { getCatalogEntry } from "./get-catalog-entry.ts";
import { planTrial, type SpecError, type CheckContext } from "./check-trial.ts";

/**
 * Reports a layer that needs more images than a batch has; PyTorch also refuses to train it. The layers must
 * have passed `checkLayers`.
 */
export function checkBatchSize(spec: TrialSpec, files: CheckContext): SpecError[] {
  const { batchSize, accumulate = 1 } = spec.training;
  const layer = layersWithin(planTrial(spec, files).layers).find(({ minBatch }) => minBatch > batchSize);
  if (layer === undefined) return [];
  return [
    {
      path: ["training", "batchSize"],
      message:
        `training.batchSize is ${batchSize}, but ${formatPath(layer.path)} (${layer.type}) needs at least ` +
        `${layer.minBatch} images per batch: ` +
        "a single value minus its mean is 0, so no earlier layer would learn anything",
      expected: `a batchSize of at least ${layer.minBatch}`,
      advice:
        accumulate > 1
          ? `training.accumulate does not help, because each batch is normalized separately. ${INSTEAD}`
          : INSTEAD,
    },
  ];
}

const INSTEAD = "Use larger batches, or layer-norm or group-norm, which normalize each image separately.";

/**
 * Returns distinct notices about likely mistakes with the size of the batches. A notice is a sentence without
 * its final period.
 */
export function collectBatchNotices(specs: readonly TrialSpec[], files: CheckContext): string[] {
  const notices = specs.flatMap((spec) => [
    ...noticeShortBatch(spec, files),
    ...noticeClassWeights(spec, files),
    ...noticeMixing(spec, files),
    ...noticeAccumulation(spec, files),
  ]);
  return [...new Set(notices)];
}

/** Returns a notice if the last batch of an epoch is too short for a layer. */
function noticeShortBatch(spec: TrialSpec, files: CheckContext): string[] {
  const { batchSize } = spec.training;
  const images = countTrainingImages(spec, files);
  const left = images % batchSize;
  // Checked first, because most trials have no such batch. So their networks need not be planned here.
  if (left !== 1) return [];
  const layer = layersWithin(planTrial(spec, files).layers).find(({ minBatch }) => minBatch > left);
  if (layer === undefined) return [];
  let better = batchSize + 1;
  while (images % better === 1) better++;
  return [
    `the last batch of each epoch has ${left} image (${images} images in batches of ${batchSize}), and ` +
      `${formatPath(layer.path)} (${layer.type}) cannot normalize a single image: this batch does not ` +
      "update the running averages, and no earlier layer learns from it; " +
      `training.batchSize: ${better} avoids it`,
  ];
}

/** Returns a notice if class weights have no effect: in the mean over a single image, its weight cancels. */
function noticeClassWeights(
  { loss, training }: TrialSpec,
  { catalogs }: Pick<CheckContext, "catalogs">,
): string[] {
  const { type: _type, ...options } = loss;
  const { batchSize, accumulate = 1 } = training;
  if (
    batchSize > 1 ||
    accumulate > 1 ||
    getCatalogEntry(catalogs.losses, loss).isWeighted?.(options) !== true
  )
    return [];
  return [
    "with training.batchSize: 1, the weights of the loss have no effect: each step uses the weighted mean " +
      "over a single image, in which the weight cancels; use larger batches or training.accumulate",
  ];
}

/** Returns a notice if images are mixed within their batch, but a batch has only one image. */
function noticeMixing(
  { augment = [], training }: TrialSpec,
  { catalogs }: Pick<CheckContext, "catalogs">,
): string[] {
  if (training.batchSize > 1) return [];
  const mixing = augment.filter((each) => getCatalogEntry(catalogs.augmentations, each).mixes === true);
  const types = [...new Set(mixing.map(({ type }) => type))];
  return types.map(
    (type) =>
      `with training.batchSize: 1, the augmentation ${type} has no effect: it mixes each image with the next one of ` +
      "its batch, which is the image itself; use larger batches",
  );
}

/** Returns a notice if an epoch has fewer batches than one step of the optimizer should collect. */
function noticeAccumulation(spec: TrialSpec, files: CheckContext): string[] {
  const { batchSize, accumulate = 1 } = spec.training;
  const batches = Math.ceil(countTrainingImages(spec, files) / batchSize);
  if (accumulate <= batches) return [];
  return [
    `training.accumulate: ${accumulate} is more than the ${batches} ${batches === 1 ? "batch" : "batches"} of an ` +
      `epoch: every epoch ends with a step of the optimizer, so each step collects ${batches}`,
  ];
}

function countTrainingImages({ dataset }: TrialSpec, { info }: Pick<CheckContext, "info">): number {
  return info(dataset).trainingCount - (dataset.validation === "test" ? 0 : dataset.validation);
}

interface PlacedLayer {
  readonly type: string;
  readonly path: Path;
  readonly minBatch: number;
}

/** Returns all layers. Layers inside another layer come before it. */
function layersWithin(layers: readonly LayerSummary[]): PlacedLayer[] {
  const within = (layer: LayerSummary, path: Path): PlacedLayer[] => [
    ...(layer.nestedLayers ?? []).flatMap((nested: NestedLayerSummary) =>
      within(nested, [...path, ...nested.path]),
    ),
    { type: layer.type, path, minBatch: layer.minBatch ?? 1 },
  ];
  return layers.flatMap((layer, index) => within(layer, ["model", "layers", index]));
}
