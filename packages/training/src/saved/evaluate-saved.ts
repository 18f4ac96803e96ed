import { arange, DatasetError, normalizeSplit } from "@nn/mnist";
import { createRng, formatShape } from "@nn/tensor";

import { createTestTimeAugmentation } from "../data/augmentation.ts";
import { splitDataset, type DatasetSplits } from "../data/split-dataset.ts";
import { Evaluator, type TestTimeAugmentation } from "../evaluate.ts";
import type { TrialAssignment } from "../messages.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Predictions } from "../metrics/predictions.ts";
import { describeClasses, describeMatchByLabel, matchClasses, relabel } from "./match-classes.ts";
import { reportCustomPartErrors } from "./saved-custom-parts.ts";
import { loadNetwork, requireFiniteOutputs, type SavedNetwork } from "./saved-network.ts";
import { Yielder } from "../step/yielder.ts";
import { loadPartCatalogs } from "../part-catalogs.ts";
import type { TrialSpec } from "../trial-spec.ts";
import type { InMemoryDataset, TrainingRuntime } from "../training-runtime.ts";

/** The metrics and predictions of a saved network. */
export interface SavedEvaluation {
  /** Absent if no images were held out, or if the data set is not that of the training. */
  readonly validation?: Metrics | undefined;
  readonly test: Metrics;
  /** On the validation images. */
  readonly validationPredictions?: Predictions | undefined;
  /** On the test images. */
  readonly predictions: Predictions;
  /**
   * Names of the classes by label of the network: its own names if it has any, otherwise those of the data
   * set.
   */
  readonly classNames?: readonly string[] | undefined;
  /** Notices about matching the classes, as sentences without a final period. */
  readonly notices: readonly string[];
}

/**
 * Evaluates a saved network. On the data set of its training, the metrics equal those of results.csv to the
 * bit. If another data set `other` is given, only its test images are used. They are normalized like the
 * training images of the network, and classes are matched by name. Throws DatasetError if the images or the
 * classes do not match the network. Throws RunDirectoryError.
 */
export async function evaluateSaved(
  runtime: TrainingRuntime,
  saved: SavedNetwork,
  context: Pick<TrialAssignment, "dataFolder" | "experimentFolder">,
  other?: TrialSpec["dataset"],
): Promise<SavedEvaluation> {
  const dataset = await runtime.useDataset(other ?? saved.spec.dataset, {
    ...context,
    onlyEvaluates: true,
  });
  checkShape(saved, dataset);
  const { split, classNames, notices } = matchTestImages(saved, dataset, other === undefined);
  return reportCustomPartErrors(saved, () =>
    evaluateOn(runtime, saved, context, { dataset, split, isOwn: other === undefined, classNames, notices }),
  );
}

/** The data on which a network is evaluated. */
interface EvaluationData extends Pick<SavedEvaluation, "classNames" | "notices"> {
  readonly dataset: InMemoryDataset;
  /** Its test images, with the labels of the network. */
  readonly split: InMemoryDataset["test"];
  /** Whether it is the data set of the training. */
  readonly isOwn: boolean;
}

async function evaluateOn(
  runtime: TrainingRuntime,
  saved: SavedNetwork,
  context: Pick<TrialAssignment, "experimentFolder">,
  { dataset, split, isOwn, classNames, notices }: EvaluationData,
): Promise<SavedEvaluation> {
  const tidyUp = runtime.backend.mark();
  try {
    const { augmentations } = await loadPartCatalogs(saved.spec.evaluation ?? {}, context.experimentFolder);
    // These random views are the same as in `runTrial`.
    const views = createRng(saved.seed).fork("views");
    const viewsOf = (split: InMemoryDataset["test"], judged: string): TestTimeAugmentation | undefined =>
      createTestTimeAugmentation(saved.spec, split, views.fork(judged), augmentations);
    const { validation, test }: Pick<DatasetSplits, "validation" | "test"> = isOwn
      ? splitDataset(dataset, saved.spec.dataset, saved.experimentSeed, viewsOf)
      : testOnly(split, saved, viewsOf);

    const { backend } = runtime;
    const network = await loadNetwork(saved, { backend, experimentFolder: context.experimentFolder });
    const yielder = new Yielder(() => performance.now() / 1000);
    const { classes } = saved;
    const validated = await validation?.predict(network, classes, yielder);
    const tested = await test.predict(network, classes, yielder);
    for (const each of [validated, tested])
      if (each !== undefined) requireFiniteOutputs(each.predictions.outputs, saved);
    return {
      validation: validated?.metrics,
      test: tested.metrics,
      validationPredictions: validated?.predictions,
      predictions: tested.predictions,
      classNames,
      notices,
    };
  } finally {
    tidyUp();
  }
}

function testOnly(
  test: InMemoryDataset["test"],
  { normalization }: SavedNetwork,
  viewsOf: (split: InMemoryDataset["test"], purpose: "test") => TestTimeAugmentation | undefined,
): Pick<DatasetSplits, "validation" | "test"> {
  const split = normalization === undefined ? test : normalizeSplit(test, normalization);
  return { test: new Evaluator(split, arange(split.count), viewsOf(split, "test")) };
}

function checkShape({ inputShape, source }: SavedNetwork, { exampleShape }: InMemoryDataset): void {
  if (formatShape(exampleShape) === formatShape(inputShape)) return;
  throw new DatasetError(
    `${source}: the network takes images of shape ${formatShape(inputShape)}, the data set has images of ` +
      `shape ${formatShape(exampleShape)}. Choose a data set with images of that shape.`,
  );
}

/**
 * Returns the test images with the labels of the network, and the names of its classes. If the data set is
 * that of the training (`isOwn`), its classes must be the same in the same order. Throws DatasetError.
 */
function matchTestImages(
  saved: SavedNetwork,
  dataset: InMemoryDataset,
  isOwn: boolean,
): Pick<SavedEvaluation, "classNames" | "notices"> & { readonly split: InMemoryDataset["test"] } {
  const match = matchClasses(saved, dataset);
  if (match === undefined) {
    throw new DatasetError(
      `${saved.source}: the network has ${saved.classes} classes, the data set has ` +
        `${dataset.classes}. Choose a data set with the same classes.`,
    );
  }
  const isSame = match.labels.every((own, label) => own === label);
  if (isOwn && !(isSame && saved.classes === dataset.classes)) {
    throw new DatasetError(
      `${saved.source}: the classes of the data set have changed since the training: expected ` +
        `${describeClasses(saved)}, got ${describeClasses(dataset)}. Restore the data set, or give this one as ` +
        `--dataset.`,
    );
  }
  const { test } = dataset;
  const { backend, exampleShape, count, images, pixels } = test;
  return {
    split: isSame
      ? test
      : { backend, exampleShape, count, images, pixels, labels: relabel(test.labels, match, saved, dataset) },
    classNames: saved.classNames ?? (isSame ? dataset.classNames : undefined),
    notices: match.isByLabel && !isOwn ? [describeMatchByLabel(saved, dataset)] : [],
  };
}
