import { ResidentSplit, ascending, type DatasetFacts } from "@nn/mnist";
import { encodeSafetensors } from "@nn/results";
import { createRng, sizeOf, type Backend } from "@nn/tensor";

import type { TrialSpec } from "./trial-spec.ts";
import type { Pace, Sample } from "./messages.ts";
import { createAugmenter, createTestTimeAugmentation } from "./data/augmentation.ts";
import { encodeCheckpoint } from "./checkpoint/checkpoint.ts";
import { EVALUATION_BATCH, Evaluator } from "./evaluate.ts";
import { buildNetwork, type Network } from "./network.ts";
import { Yielder, type Clock } from "./step/yielder.ts";
import { loadTrialCatalogs } from "./trial-catalogs.ts";
import { train, type Checkpointer, type TrainingConfig, type TrainingState } from "./train.ts";
import type { Workbench } from "./workbench.ts";

/**
 * How long each of the two measurements takes, roughly; where a single batch takes longer, as long as that.
 */
const LEARNING_SECONDS = 0.15;
const MEASURING_SECONDS = 0.05;
/** Where a batch takes no time that the clock could tell. */
const MOST_BATCHES = 10_000;
/** Made-up images, unless the batches are larger: more than the processor keeps near itself. */
const IMAGES = 4096;

/**
 * Measures how fast this process trains the network of a trial: as in training, but on made-up images, and
 * with steps of length 0, so that no learning rate makes the numbers overflow. Reads no data set. Throws what
 * the network throws.
 */
export async function calibrate(
  { backend }: Pick<Workbench, "backend">,
  { spec, facts, experimentFolder }: Sample,
  clock: Clock,
): Promise<Pace> {
  const { batchSize } = spec.training;
  const tidyUp = backend.mark();
  try {
    const split = madeUp(backend, facts, batchSize);
    const rng = createRng(0);
    const before = clock();
    const network = await buildNetwork(spec, {
      backend,
      inputShape: facts.exampleShape,
      classes: facts.classes,
      batchSize: Math.max(batchSize, EVALUATION_BATCH),
      rng: rng.fork("model"),
      experimentFolder,
    });
    const building = clock() - before;
    const { augmentations } = await loadTrialCatalogs(spec, experimentFolder);

    const checkpoint = new CheckpointSize();
    const learn = async (epochs: number, batches: number): Promise<number> => {
      const release = backend.mark();
      const images = ascending(Math.min(batches * batchSize, split.count));
      const augmenter = createAugmenter(spec, split, rng.fork("augment"), augmentations);
      const config = { ...spec.training, epochs, split, images, augmenter, rng: rng.fork("shuffle") };
      const seconds = await learningSeconds(network, config, clock, checkpoint);
      release();
      return seconds;
    };
    const measure = async (passes: number, batches: number): Promise<number> => {
      const release = backend.mark();
      const images = ascending(Math.min(batches * EVALUATION_BATCH, split.count));
      const examination = new Evaluator(
        split,
        images,
        createTestTimeAugmentation(spec, split, rng.fork("views"), augmentations),
      );
      const since = clock();
      for (let pass = 0; pass < passes; pass++) await examination.evaluate(network, new Yielder(clock));
      release();
      return clock() - since;
    };
    const { parameters, state } = network.model;
    const weights = encodeSafetensors([...parameters, ...state].map(({ name, value }) => [name, value]));
    return {
      learning: await secondsPerImage(learn, split.count, batchSize, LEARNING_SECONDS),
      measuring: await secondsPerImage(measure, split.count, EVALUATION_BATCH, MEASURING_SECONDS),
      building,
      bytes: weights.length + checkpoint.bytes,
    };
  } finally {
    tidyUp();
  }
}

/**
 * `work`: goes `rounds` times through that many batches, and says how many seconds that took. Begins with a
 * single batch, the first of which compiles what comes after.
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
  const batches = Math.min(Math.ceil(seconds / one), MOST_BATCHES);
  const most = Math.ceil(images / batchSize);
  const rounds = Math.ceil(batches / most);
  const seen = rounds * Math.min(Math.min(batches, most) * batchSize, images);
  return (await work(rounds, Math.min(batches, most))) / seen;
}

/**
 * Without what comes before the first batch and after the last one: a real training does that once an epoch,
 * or once.
 */
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
  const trainingState = { ...network, createSchedule: () => ({ factor: () => 0 }) };
  // Paused before its last epoch, it has no best weights to give back.
  const endless = { ...config, epochs: config.epochs + 1, until: config.epochs };
  const training = await train(trainingState, endless, observer, checkpointer);
  if (training.status === "diverged") throw new Error(training.reason);
  return seconds;
}

/** How large the checkpoint of a training is, at the end of an epoch. */
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
 * Images of the right shape, as few as will do: as much ink as in the real ones, without a pattern, and every
 * class as often as the others.
 */
function madeUp(
  backend: Backend,
  { exampleShape, classes, trainingCount, nonZeros = 1 }: DatasetFacts,
  batchSize: TrialSpec["training"]["batchSize"],
): ResidentSplit {
  const count = Math.min(trainingCount, Math.max(IMAGES, batchSize, EVALUATION_BATCH));
  const images = new Uint8Array(count * sizeOf(exampleShape));
  let state = 1;
  for (let i = 0; i < images.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    // Its upper 16 bits say whether there is anything, and what.
    if ((state >>> 16) / 65_536 < nonZeros) images[i] = 1 + ((state >>> 16) % 255);
  }
  const labels = Uint8Array.from({ length: count }, (_, index) => index % classes);
  return new ResidentSplit(backend, { images, labels, count }, exampleShape);
}
