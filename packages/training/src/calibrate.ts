import { InMemorySplit, arange, type DatasetInfo } from "@nn/mnist";
import { encodeSafetensors } from "@nn/results";
import { createRng, countElements, type Backend } from "@nn/tensor";

import type { TrialSpec } from "./trial-spec.ts";
import type { CalibrationResult, CalibrationRequest } from "./messages.ts";
import { createAugmenter, createTestTimeAugmentation } from "./data/augmentation.ts";
import { encodeCheckpoint } from "./checkpoint/checkpoint.ts";
import { EVALUATION_BATCH_SIZE, Evaluator } from "./evaluate.ts";
import { buildNetwork, type Network } from "./network.ts";
import { Yielder, type Clock } from "./step/yielder.ts";
import { loadPartCatalogs } from "./part-catalogs.ts";
import { train, type Checkpointer, type TrainingConfig, type TrainingState } from "./train.ts";
import type { TrainingRuntime } from "./training-runtime.ts";

/** Approximate duration of each of the two measurements in seconds, unless a single batch takes longer. */
const LEARNING_SECONDS = 0.15;
const MEASURING_SECONDS = 0.05;
/** Maximum number of batches, for batches too short to be measured by the clock. */
const MAX_BATCHES = 10_000;
/** Minimum number of synthetic images: more than fit in the processor's caches. */
const IMAGES = 4096;

/**
 * Measures how fast this process trains the network of a trial. It trains on synthetic images with a learning
 * rate of 0, so that weights do not overflow. It does not read the data set. Throws the errors of the
 * network.
 */
export async function calibrate(
  { backend }: Pick<TrainingRuntime, "backend">,
  { spec, info, experimentFolder }: CalibrationRequest,
  clock: Clock,
): Promise<CalibrationResult> {
  const { batchSize } = spec.training;
  const tidyUp = backend.mark();
  try {
    const split = createSyntheticImages(backend, info, batchSize);
    const rng = createRng(0);
    const before = clock();
    const network = await buildNetwork(spec, {
      backend,
      inputShape: info.exampleShape,
      classes: info.classes,
      batchSize: Math.max(batchSize, EVALUATION_BATCH_SIZE),
      rng: rng.fork("model"),
      experimentFolder,
    });
    const building = clock() - before;
    const { augmentations } = await loadPartCatalogs(spec, experimentFolder);

    const checkpoint = new CheckpointSize();
    const learn = async (epochs: number, batches: number): Promise<number> => {
      const release = backend.mark();
      const images = arange(Math.min(batches * batchSize, split.count));
      const augmenter = createAugmenter(spec, split, rng.fork("augment"), augmentations);
      const config = { ...spec.training, epochs, split, images, augmenter, rng: rng.fork("shuffle"), spec };
      const seconds = await learningSeconds(network, config, clock, checkpoint);
      release();
      return seconds;
    };
    const measure = async (passes: number, batches: number): Promise<number> => {
      const release = backend.mark();
      const images = arange(Math.min(batches * EVALUATION_BATCH_SIZE, split.count));
      const evaluator = new Evaluator(
        split,
        images,
        createTestTimeAugmentation(spec, split, rng.fork("views"), augmentations),
      );
      const since = clock();
      for (let pass = 0; pass < passes; pass++) await evaluator.evaluate(network, new Yielder(clock));
      release();
      return clock() - since;
    };
    const { parameters, buffers } = network.model;
    const weights = encodeSafetensors([...parameters, ...buffers].map(({ name, value }) => [name, value]));
    return {
      learning: await secondsPerImage(learn, split.count, batchSize, LEARNING_SECONDS),
      measuring: await secondsPerImage(measure, split.count, EVALUATION_BATCH_SIZE, MEASURING_SECONDS),
      building,
      bytes: weights.length + checkpoint.bytes,
    };
  } finally {
    tidyUp();
  }
}

/**
 * Returns the seconds per image. `work` makes `rounds` passes over `batches` batches and returns the seconds.
 * It first runs a single batch twice, because the first run includes compiling the code.
 */
async function secondsPerImage(
  work: (rounds: number, batches: number) => Promise<number>,
  images: number,
  batchSize: number,
  seconds: number,
): Promise<number> {
  await work(1, 1);
  const one = await work(1, 1);
  if (one > seconds) return one / Math.min(batchSize, images);
  const batches = Math.min(Math.ceil(seconds / one), MAX_BATCHES);
  const max = Math.ceil(images / batchSize);
  const rounds = Math.ceil(batches / max);
  const seen = rounds * Math.min(Math.min(batches, max) * batchSize, images);
  return (await work(rounds, Math.min(batches, max))) / seen;
}

/** Returns the seconds spent on the batches of all epochs, without the setup and the end of training. */
async function learningSeconds(
  network: Network,
  config: TrainingConfig,
  clock: Clock,
  checkpointer: Checkpointer,
): Promise<number> {
  let [since, seconds] = [0, 0];
  const observer = {
    yielder: new Yielder(clock),
    onEpochStart: () => (since = clock()),
    onProgress: () => {},
    onLearned: () => (seconds += clock() - since),
    onEpoch: () => {},
  };
  const frozenNetwork = { ...network, createSchedule: () => ({ factor: () => 0 }) };
  // Training that pauses before its last epoch does not restore the best weights.
  const endless = { ...config, epochs: config.epochs + 1, until: config.epochs };
  const training = await train(frozenNetwork, endless, observer, checkpointer);
  if (training.status === "diverged") throw new Error(training.reason);
  return seconds;
}

/** Measures the size of a checkpoint at the end of an epoch. */
class CheckpointSize implements Checkpointer {
  bytes = 0;
  restore(): void {}
  afterStep(): void {}
  save(trainingState: TrainingState): void {
    if (this.bytes > 0) return;
    this.bytes = encodeCheckpoint(trainingState, { training: "0".repeat(64), inherited: 0 }).length;
  }
}

/**
 * Returns synthetic images with the shape of the real ones and the same fraction of non-zeros, but with
 * random pixels. All classes are equally frequent.
 */
function createSyntheticImages(
  backend: Backend,
  { exampleShape, classes, trainingCount, nonZeros = 1 }: DatasetInfo,
  batchSize: TrialSpec["training"]["batchSize"],
): InMemorySplit {
  const count = Math.min(trainingCount, Math.max(IMAGES, batchSize, EVALUATION_BATCH_SIZE));
  const images = new Uint8Array(count * countElements(exampleShape));
  let state = 1;
  for (let i = 0; i < images.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    // The upper 16 bits decide whether the pixel is zero, and its value.
    if ((state >>> 16) / 65_536 < nonZeros) images[i] = 1 + ((state >>> 16) % 255);
  }
  const labels = Uint8Array.from({ length: count }, (_, index) => index % classes);
  return new InMemorySplit(backend, { images, labels, count }, exampleShape);
}
