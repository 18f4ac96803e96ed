import type { StateDict, Schedule } from "@nn/layers";
import type { Augmenter, ResidentSplit } from "@nn/mnist";
import type { Rng } from "@nn/tensor";

import type { TrainingSpec } from "./trial-spec.ts";
import { EpochBatches } from "./data/epoch-batches.ts";
import { createAverage, type WeightAverage } from "./step/averages.ts";
import { divergedLoss, divergedWeights } from "./metrics/divergence.ts";
import { createEarlyStopping, type EarlyStopping } from "./step/early-stopping.ts";
import type { Evaluator } from "./evaluate.ts";
import { createLookahead, type Lookahead } from "./step/lookahead.ts";
import { RunningMetrics, type Metrics } from "./metrics/metrics.ts";
import { mixedLoss } from "./step/mixed-loss.ts";
import type { Network } from "./network.ts";
import type { Yielder } from "./step/yielder.ts";
import { scheduleContext } from "./step/schedule-context.ts";
import { createUpdate } from "./step/update.ts";

/** What a network learns from, and how. */
export interface TrainingConfig extends TrainingSpec {
  readonly split: ResidentSplit;
  /** Which images of the split are learned from, in file order. */
  readonly images: Int32Array;
  /** Changes the images of each batch before they are learned. */
  readonly augmenter?: Augmenter | undefined;
  /** Taken after each epoch; never learned from. */
  readonly validation?: Evaluator | undefined;
  readonly epochs: number;
  /** After this epoch training is over, though its schedule is made for all; never where it is not there. */
  readonly end?: number | undefined;
  /** After this epoch training is paused, unless it is over; never where it is not there. */
  readonly until?: number | undefined;
  readonly batchSize: number;
  /** A new order each epoch; else file order. */
  readonly shuffle: boolean;
  /** The stream of the orders, forked by epoch. */
  readonly rng: Rng;
}

/** Training and validation metrics of one epoch. */
export interface EpochMetrics {
  /** 1, 2, … */
  readonly epoch: number;
  /**
   * The mean over the epoch's batches, each measured before the step it causes: while learning, dropout and
   * all.
   */
  readonly train: Metrics;
  readonly validation?: Metrics | undefined;
}

/** Told what happens while a network learns; has no influence on it. */
export interface TrainingObserver {
  readonly yielder: Yielder;
  /** `seen`: of its images are learned already, where training resumes after a stop. */
  onEpochStart(epoch: number, seen: number): void;
  /** Now and then: `seen` of the epoch's images are learned, `train` is their mean. */
  onProgress(epoch: number, seen: number, train: Metrics): void;
  /** All images of the epoch are learned; its validation comes next. */
  onLearned(epoch: number): void;
  onEpoch(measures: EpochMetrics): void;
}

/**
 * How far a training has come, and all that goes on from there. Live: written into, the training is
 * elsewhere.
 */
export interface TrainingState {
  /** Of the epochs that are done. */
  readonly epochs: EpochMetrics[];
  /** Of the next epoch's batches that are learned already. */
  readonly metrics: RunningMetrics;
  /** What else remembers, the network's own tensors first, by what it is. */
  readonly memory: Readonly<Record<string, readonly StateDict[]>>;
}

/** Keeps what a training needs to go on after a stop, in the same bytes; checkpoint-file.ts. */
export interface Checkpointer {
  /** Before the first step: brings the training to where it was stopped, if it was. */
  restore(trainingState: TrainingState): void;
  /** After a step of the optimizer: keeps where the training is, if it is time. */
  afterStep(trainingState: TrainingState): void;
  /**
   * Keeps where the training is when it is paused or over: as it is now, though the disk may take its time.
   */
  save(trainingState: TrainingState): void;
}

/** How a training ended. `epochs` holds the metrics of completed epochs; `reason` says why it diverged. */
export type TrainingResult =
  | {
      readonly status: "completed";
      readonly epochs: readonly EpochMetrics[];
      /** The epoch whose weights the network has been given back; else it has those of the last one. */
      readonly restored?: number;
    }
  | { readonly status: "paused"; readonly epochs: readonly EpochMetrics[] }
  | { readonly status: "diverged"; readonly epochs: readonly EpochMetrics[]; readonly reason: string };

/**
 * Mini-batch gradient descent: forward, loss, backward, step; batch after batch, epoch after epoch. What is
 * validated after an epoch, and stays in the network at the end, is the average of the weights where the
 * configuration asks for one. All that is random follows from the seed, the epoch and the step, so a training
 * that was stopped continues as if it had not been. Ends early, as diverged, at the first loss that is not
 * finite or the first epoch whose weights are not.
 */
export async function train(
  network: Network,
  config: TrainingConfig,
  observer: TrainingObserver,
  checkpointer?: Checkpointer,
): Promise<TrainingResult> {
  const { backend, model } = network;
  const { loss, batches, schedule, trackers, state, update, isOver } = prepare(network, config, checkpointer);
  const { epochs, metrics } = state;

  while (!isOver() && epochs.length < (config.until ?? config.epochs)) {
    const epoch = epochs.length + 1;
    observer.onEpochStart(epoch, metrics.examples);
    for (const { images, labels, step, count, isLastOfEpoch } of batches.of(epoch, metrics.examples)) {
      const context = { training: true, step };
      const outputs = model.forward(images, context);
      const batchLoss = loss.forward(outputs, labels) + model.penalty();
      if (!Number.isFinite(batchLoss)) return diverged(epochs, divergedLoss(network, images, context, epoch));
      const weight = loss.weightOf?.(labels);
      metrics.add(batchLoss, backend.countCorrect(outputs, labels), count, weight);

      update.before(weight);
      model.backward(loss.backward(), context);
      const hasStepped = update.after(isLastOfEpoch);
      if (hasStepped) checkpointer?.afterStep(state);
      if (observer.yielder.isDue()) await showProgress(observer, epoch, metrics);
    }
    observer.onLearned(epoch);
    const weights = divergedWeights(network, epoch);
    if (weights !== undefined) return diverged(epochs, weights);

    const validation = await validate(network, config, observer, trackers, epoch);
    if (validation !== undefined && !Number.isFinite(validation.loss))
      return diverged(epochs, `the validation loss is not finite after epoch ${epoch}.`);
    if (validation !== undefined) schedule.onEpoch?.(validation);
    const epochMetrics = { epoch, train: metrics.mean(), validation };
    metrics.clear();
    epochs.push(epochMetrics);
    observer.onEpoch(epochMetrics);
  }
  checkpointer?.save(state);
  if (!isOver()) return { status: "paused", epochs };

  const { average, earlyStopping } = trackers;
  average?.exchange();
  return { status: "completed", epochs, ...(earlyStopping && { restored: earlyStopping.restore() }) };
}

/**
 * What beside the optimizer follows the weights: slow weights, their average, and the best that were
 * validated.
 */
interface WeightTrackers {
  readonly lookahead: Lookahead | undefined;
  readonly average: WeightAverage | undefined;
  readonly earlyStopping: EarlyStopping | undefined;
}

/** Everything that the loop works with, brought to where the training was stopped. */
function prepare(network: Network, config: TrainingConfig, checkpointer: Checkpointer | undefined) {
  const { backend, model } = network;
  const { augmenter, batchSize } = config;
  const mixes = augmenter?.mixes === true;
  const loss = mixes ? mixedLoss(network.loss, augmenter, backend, batchSize) : network.loss;
  const batches = new EpochBatches(config);
  const duration = scheduleContext({ ...config, images: config.images.length });
  const schedule = network.createSchedule(duration);
  const trackers: WeightTrackers = {
    lookahead: config.lookahead && createLookahead(config.lookahead, backend, model.parameters),
    average: config.average && createAverage(config.average, backend, model),
    earlyStopping: config.earlyStopping && createEarlyStopping(config.earlyStopping, backend, model),
  };
  const epochs: EpochMetrics[] = [];
  const metrics = new RunningMetrics();
  const state: TrainingState = { epochs, metrics, memory: memoryOf(network, schedule, { ...trackers }) };
  checkpointer?.restore(state);
  const batchesLearned = Math.ceil(metrics.examples / batchSize);
  const stepsTaken =
    epochs.length * duration.stepsPerEpoch + Math.ceil(batchesLearned / (config.accumulate ?? 1));
  const update = createUpdate(network, config, schedule, trackers, stepsTaken);
  const isOver = (): boolean =>
    epochs.length >= (config.end ?? config.epochs) || trackers.earlyStopping?.isOver(epochs.length) === true;
  return { loss, batches, schedule, trackers, state, update, isOver };
}

/**
 * Evaluates the averaged weights, where there is an average, and keeps them where they are the best so far.
 */
async function validate(
  network: Network,
  config: TrainingConfig,
  observer: TrainingObserver,
  { average, earlyStopping }: WeightTrackers,
  epoch: number,
): Promise<Metrics | undefined> {
  average?.afterEpoch(epoch);
  average?.exchange();
  const validation = await config.validation?.evaluate(network, observer.yielder);
  if (validation !== undefined && Number.isFinite(validation.loss))
    earlyStopping?.afterEpoch(epoch, validation);
  average?.exchange();
  return validation;
}

async function showProgress(
  observer: TrainingObserver,
  epoch: number,
  metrics: RunningMetrics,
): Promise<void> {
  observer.onProgress(epoch, metrics.examples, metrics.mean());
  await observer.yielder.yield();
}

function diverged(epochs: readonly EpochMetrics[], reason: string): TrainingResult {
  return { status: "diverged", epochs, reason };
}

/**
 * All that training changes. What an epoch is made of (its order, its augmentation, its dropout) follows from
 * the seed.
 */
function memoryOf(
  { model, optimizer }: Network,
  schedule: Schedule,
  trackers: Readonly<Record<string, { readonly state: StateDict } | undefined>>,
): TrainingState["memory"] {
  const states = Object.entries(trackers).map(
    ([name, tracker]) => [name, tracker === undefined ? [] : [tracker.state]] as const,
  );
  return {
    model: [{ tensors: [...model.parameters, ...model.state], numbers: {} }],
    optimizer: optimizer.state,
    schedule: schedule.state ?? [],
    ...Object.fromEntries(states),
  };
}
