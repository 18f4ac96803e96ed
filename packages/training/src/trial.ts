import { RunDirectoryError } from "@nn/results";
import { createRng } from "@nn/tensor";

import type { TrialAssignment, TrialReport, TrialOutcome } from "./messages.ts";
import { requireSameData, requireSameFiles } from "./data/check-inputs.ts";
import { createAugmenter, createTestTimeAugmentation } from "./data/augmentation.ts";
import { findBestEpoch } from "./metrics/best-epoch.ts";
import { CheckpointFile, TrainingStopped, type CheckpointListener } from "./checkpoint/checkpoint-file.ts";
import { splitDataset } from "./data/split-dataset.ts";
import { EVALUATION_BATCH_SIZE } from "./evaluate.ts";
import { buildNetwork } from "./network.ts";
import { createLayerTimer, profileEpochs } from "./profile/measure-training.ts";
import type { Profiler } from "./profile/profiler.ts";
import { ThreadTuner } from "./step/thread-tuner.ts";
import { Yielder, type Clock } from "./step/yielder.ts";
import { hashCustomParts } from "./saved/saved-custom-parts.ts";
import { saveTrial } from "./saved/save-trial.ts";
import { loadPartCatalogs } from "./part-catalogs.ts";
import { train, type TrainingObserver, type TrainingResult } from "./train.ts";
import type { TrainingRuntime } from "./training-runtime.ts";

/** Optional arguments of `runTrial`. */
export interface TrialOptions {
  readonly isLeaving?: () => boolean;
  readonly profiler?: Profiler | undefined;
}

/**
 * Runs one trial, or a segment of it. Loads the data, resumes from the checkpoint if any, and trains. At the
 * end, evaluates the final weights on the test set and saves them. The outcome, except its times, depends
 * only on the assignment and the data. Throws TrainingStopped once `isLeaving` returns true (see
 * `CheckpointFile`), and RunDirectoryError if its inputs are not those of the run.
 */
export async function runTrial(
  runtime: TrainingRuntime,
  assignment: TrialAssignment,
  clock: Clock,
  sendReport: (report: TrialReport) => void,
  { isLeaving = () => false, profiler }: TrialOptions = {},
): Promise<TrialOutcome> {
  const started = clock();
  const { trial } = assignment;
  const dataset = await runtime.useDataset(trial.spec.dataset, assignment);
  if (assignment.inputs !== undefined) requireSameData(dataset, assignment.inputs);
  const checkpoint = new CheckpointFile(assignment, clock, checkpointReporter(sendReport), isLeaving);
  const tidyUp = runtime.backend.mark();
  try {
    const rng = createRng(trial.seed);
    if (assignment.inputs !== undefined)
      requireSameFiles(trial.spec, assignment.experimentFolder, assignment.inputs);
    const { augmentations } = await loadPartCatalogs(trial.spec, assignment.experimentFolder);
    const customParts = hashCustomParts(trial.spec, assignment.experimentFolder);
    const data = splitDataset(dataset, trial.spec.dataset, assignment.experimentSeed, (split, judged) =>
      createTestTimeAugmentation(trial.spec, split, rng.fork("views").fork(judged), augmentations),
    );
    const network = await buildNetwork(trial.spec, {
      backend: runtime.backend,
      inputShape: dataset.exampleShape,
      classes: dataset.classes,
      batchSize: Math.max(trial.spec.training.batchSize, EVALUATION_BATCH_SIZE),
      rng: rng.fork("model"),
      experimentFolder: assignment.experimentFolder,
      wrapLayer: profiler && createLayerTimer(profiler),
    });

    const tuner = runtime.threads && new ThreadTuner(runtime.threads, clock);
    const reports = reporter(clock, data.images.length, sendReport, tuner);
    const observer = profiler === undefined ? reports : profileEpochs(reports, profiler);
    const config = {
      ...trial.spec.training,
      end: trial.until,
      until: assignment.until,
      split: data.training,
      images: data.images,
      augmenter: createAugmenter(trial.spec, data.training, rng.fork("augment"), augmentations),
      validation: data.validation,
      rng: rng.fork("shuffle"),
      spec: trial.spec,
    };
    const training = await train(network, config, observer, checkpoint);
    const trained = {
      ...summary(training, assignment, checkpoint.inherited),
      kernels: runtime.backend.name,
    };
    if (training.status === "paused") {
      await checkpoint.written();
      return { ...trained, status: "paused", seconds: clock() - started };
    }
    if (training.status === "diverged") {
      await checkpoint.discard();
      return { ...trained, status: "diverged", reason: training.reason, seconds: clock() - started };
    }

    const { classes } = dataset;
    profiler?.begin("evaluation");
    const { metrics: test, predictions } = await data.test.predict(network, classes, observer.yielder);
    if (!Number.isFinite(test.loss)) {
      await checkpoint.discard();
      const reason = "the test loss is not finite, but all losses in training were finite.";
      return { ...trained, status: "diverged", reason, seconds: clock() - started };
    }
    const description = {
      spec: trial.spec,
      seed: trial.seed,
      experimentSeed: assignment.experimentSeed,
      inputShape: dataset.exampleShape,
      classes,
      classNames: dataset.classNames,
      normalization: data.normalization,
      customParts,
    };
    const { validation } = data;
    // With `validation: test`, the validation images are the test images.
    const heldOut = validation === data.test ? undefined : validation;
    const held = await heldOut?.predict(network, classes, observer.yielder);
    profiler?.end();
    await Promise.all([
      checkpoint.written(),
      saveTrial(
        assignment.trialFolder,
        network.model,
        description,
        { predictions, origins: dataset.origins.test },
        held && { predictions: held.predictions, origins: dataset.origins.training },
      ),
    ]);
    return { ...trained, status: "completed", test, seconds: clock() - started };
  } catch (error) {
    // Before a retry, the user fixes the cause, such as an error in a layer's file. The retry must not resume
    // from earlier state.
    const isKept = error instanceof RunDirectoryError || error instanceof TrainingStopped;
    if (!isKept) await checkpoint.discard();
    throw error;
  } finally {
    runtime.threads?.use(1);
    tidyUp();
  }
}

/**
 * Returns the training metrics for results.csv. The best epoch is the one that early stopping restored. It is
 * one of the trial's own epochs and not an `inherited` one.
 */
function summary(training: TrainingResult, { metric, goal }: TrialAssignment, inherited: number) {
  const { epochs } = training;
  const restored = training.status === "completed" ? training.restored : undefined;
  const last = restored === undefined ? epochs.at(-1) : epochs[restored - 1];
  return {
    epochs: epochs.length,
    bestEpoch: restored ?? findBestEpoch(epochs.slice(inherited), metric, goal),
    train: last?.train,
    validation: last?.validation,
  };
}

/**
 * Returns an observer that reports the events of training, with their times. `total` is the number of images
 * in an epoch.
 */
function reporter(
  clock: Clock,
  total: number,
  say: (report: TrialReport) => void,
  tuner: ThreadTuner | undefined,
): TrainingObserver {
  let epochStart = clock();
  let seconds = 0;
  // Number of images of the epoch that were trained on before training was stopped, at an unknown speed.
  let before = 0;
  return {
    yielder: new Yielder(clock),
    ...(tuner && { onStep: () => tuner.afterStep(), onResume: () => tuner.resume() }),
    onEpochStart(_epoch, seen) {
      epochStart = clock();
      before = seen;
    },
    onProgress(epoch, seen, train) {
      tuner?.pause();
      const elapsed = clock() - epochStart;
      // The speed of the first batches is a poor estimate for the epoch.
      if (elapsed < 0.05) return;
      say({ kind: "progress", epoch, seen, total, train, imagesPerSecond: (seen - before) / elapsed });
    },
    onLearned() {
      tuner?.settle();
      seconds = clock() - epochStart;
    },
    onEpoch(measures) {
      say({ kind: "epoch", epoch: { ...measures, seconds, imagesPerSecond: (total - before) / seconds } });
    },
  };
}

/**
 * Returns a listener that reports the events of the checkpoint. The times of epochs that were trained but not
 * reported before a stop are lost. They are reported as 0, which has no weight in a mean.
 */
function checkpointReporter(say: (report: TrialReport) => void): CheckpointListener {
  return {
    onResumed(epoch, seen, unrecorded) {
      say({ kind: "resumed", epoch, seen });
      for (const measures of unrecorded) {
        say({ kind: "epoch", epoch: { ...measures, seconds: 0, imagesPerSecond: 0 } });
      }
    },
    onWritten: (epoch, seen) => say({ kind: "checkpoint", epoch, seen }),
    onUnusable: (message) => say({ kind: "notice", message }),
  };
}
