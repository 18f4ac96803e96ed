import { arange, DatasetError, normalizeSplit } from "@nn/mnist";
import { createRng, formatShape } from "@nn/tensor";

import { createTestTimeAugmentation } from "../data/augmentation.ts";
import { splitDataset, type DatasetSplits } from "../data/split-dataset.ts";
import { Evaluator, type TestTimeAugmentation } from "../evaluate.ts";
import type { TrialAssignment } from "../messages.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Predictions } from "../metrics/predictions.ts";
import { loadNetwork, requireFiniteOutputs, type SavedNetwork } from "./saved-network.ts";
import { Yielder } from "../step/yielder.ts";
import { loadPartCatalogs } from "../part-catalogs.ts";
import type { TrialSpec } from "../trial-spec.ts";
import type { ResidentDataset, TrainingRuntime } from "../training-runtime.ts";

/** The metrics and predictions of a saved network. */
export interface SavedEvaluation {
  /** Absent if no images were held out, and for another data set than that of the training. */
  readonly validation?: Metrics | undefined;
  readonly test: Metrics;
  /** On the validation images. */
  readonly validationPredictions?: Predictions | undefined;
  /** On the test images. */
  readonly predictions: Predictions;
  /** Names of the classes by label, of the network if it has some, else of the data set. */
  readonly classNames?: readonly string[] | undefined;
}

/**
 * Evaluates a saved network. On the data set of its training, the metrics are those of results.csv, bit for
 * bit. Of `other`, only the test images are used; they are normalized as the training images of the network
 * were. Throws DatasetError if the images or the classes do not fit the network, and RunDirectoryError.
 */
export async function evaluateSaved(
  runtime: TrainingRuntime,
  saved: SavedNetwork,
  context: Pick<TrialAssignment, "dataFolder" | "experimentFolder">,
  other?: TrialSpec["dataset"],
): Promise<SavedEvaluation> {
  const dataset = await runtime.useDataset(other ?? saved.spec.dataset, context);
  checkFit(saved, dataset);
  const tidyUp = runtime.backend.mark();
  try {
    const { augmentations } = await loadPartCatalogs(saved.spec, context.experimentFolder);
    // The same random views as in `runTrial`.
    const views = createRng(saved.seed).fork("views");
    const viewsOf = (split: ResidentDataset["test"], judged: string): TestTimeAugmentation | undefined =>
      createTestTimeAugmentation(saved.spec, split, views.fork(judged), augmentations);
    const { validation, test }: Pick<DatasetSplits, "validation" | "test"> =
      other === undefined
        ? splitDataset(dataset, saved.spec.dataset, saved.experimentSeed, viewsOf)
        : testOnly(dataset, saved, viewsOf);

    const { backend } = runtime;
    const network = await loadNetwork(saved, { backend, experimentFolder: context.experimentFolder });
    const yielder = new Yielder(() => performance.now() / 1000);
    const { classes } = dataset;
    const validated = await validation?.predict(network, classes, yielder);
    const tested = await test.predict(network, classes, yielder);
    for (const each of [validated, tested])
      if (each !== undefined) requireFiniteOutputs(each.predictions.outputs, saved.source);
    const classNames = saved.classNames ?? dataset.classNames;
    return {
      validation: validated?.metrics,
      test: tested.metrics,
      validationPredictions: validated?.predictions,
      predictions: tested.predictions,
      classNames,
    };
  } finally {
    tidyUp();
  }
}

function testOnly(
  { test }: ResidentDataset,
  { normalization }: SavedNetwork,
  viewsOf: (split: ResidentDataset["test"], judged: "test") => TestTimeAugmentation | undefined,
): Pick<DatasetSplits, "validation" | "test"> {
  const split = normalization === undefined ? test : normalizeSplit(test, normalization);
  return { test: new Evaluator(split, arange(split.count), viewsOf(split, "test")) };
}

function checkFit({ inputShape, classes, source }: SavedNetwork, dataset: ResidentDataset): void {
  if (formatShape(dataset.exampleShape) !== formatShape(inputShape)) {
    throw new DatasetError(
      `${source}: the network takes images of shape ${formatShape(inputShape)}, the data set has images of ` +
        `shape ${formatShape(dataset.exampleShape)}. Choose a data set with images of that shape.`,
    );
  }
  if (dataset.classes !== classes) {
    throw new DatasetError(
      `${source}: the network distinguishes ${classes} classes, the data set has ${dataset.classes}. Choose a ` +
        `data set with the same classes.`,
    );
  }
}
