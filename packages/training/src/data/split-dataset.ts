import {
  arange,
  normalizeSplit,
  computePixelStatistics,
  splitValidation,
  type SplitIndices,
  type PixelStatistics,
  type InMemorySplit,
} from "@nn/mnist";
import { createRng } from "@nn/tensor";

import type { TrialSpec } from "../trial-spec.ts";
import { Evaluator, type TestTimeAugmentation } from "../evaluate.ts";
import type { InMemoryDataset } from "../training-runtime.ts";

/** A data set, split into training, validation and test images. */
export interface DatasetSplits {
  readonly training: InMemorySplit;
  /** Indices of the training images in the split `training`, in file order. */
  readonly images: Int32Array;
  readonly validation?: Evaluator | undefined;
  readonly test: Evaluator;
  /** The statistics with which all pixels are normalized; undefined without `normalize`. */
  readonly normalization?: PixelStatistics | undefined;
}

/**
 * Splits a data set. The validation images depend only on the experiment's seed, so all trials use the same
 * ones. With `normalize`, all images are normalized with the statistics of the training images. `viewsOf`
 * returns the test-time augmentation for the images of a split.
 */
export function splitDataset(
  dataset: Pick<InMemoryDataset, "training" | "test">,
  { validation, normalize }: Pick<TrialSpec["dataset"], "validation" | "normalize">,
  experimentSeed: number,
  viewsOf: (split: InMemorySplit, purpose: "validation" | "test") => TestTimeAugmentation | undefined = () =>
    undefined,
): DatasetSplits {
  const held = holdOut(dataset.training, validation === "test" ? 0 : validation, experimentSeed);
  const images = held.training;
  const normalization = normalize ? statisticsOf(dataset.training, images) : undefined;
  const read = (split: InMemorySplit): InMemorySplit =>
    normalization === undefined ? split : normalizeSplit(split, normalization);
  const training = read(dataset.training);
  const testSplit = read(dataset.test);
  const test = new Evaluator(testSplit, arange(testSplit.count), viewsOf(testSplit, "test"));
  const divided = { training, images, test, normalization };
  if (validation === "test") return { ...divided, validation: test };
  if (validation === 0) return divided;
  const judged = new Evaluator(training, held.validation, viewsOf(training, "validation"));
  return { ...divided, validation: judged };
}

/** The statistics of each set of training images, computed once per process. */
const statisticsCache = new WeakMap<Int32Array, PixelStatistics>();

function statisticsOf(training: InMemorySplit, images: Int32Array): PixelStatistics {
  const statistics = statisticsCache.get(images) ?? computePixelStatistics(training, images);
  statisticsCache.set(images, statistics);
  return statistics;
}

/** The split indices, drawn once per process. In a short trial, drawing takes 5 % of the time. */
const drawn = new WeakMap<InMemorySplit, Map<string, SplitIndices>>();

function holdOut(training: InMemorySplit, validation: number, experimentSeed: number): SplitIndices {
  const known = drawn.get(training) ?? new Map<string, SplitIndices>();
  drawn.set(training, known);
  const key = `${validation} ${experimentSeed}`;
  const heldOut =
    known.get(key) ??
    splitValidation(training.count, validation, createRng(experimentSeed).fork("validation"));
  known.set(key, heldOut);
  return heldOut;
}
