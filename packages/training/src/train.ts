import type { Loss, Model, StateDict, Schedule } from "@nn/layers";
import type { Augmenter, InMemorySplit } from "@nn/mnist";
import type { Rng } from "@nn/tensor";

import type { TrainingSpec } from "./trial-spec.ts";
import { DataLoader, type TrainingBatch } from "./data/data-loader.ts";
import {
  describeDivergedLoss,
  describeDivergedWeights,
  type DivergenceCauses,
} from "./metrics/divergence.ts";
import type { Evaluator } from "./evaluate.ts";
import { createWeightTrackers, type WeightTrackers } from "./step/weight-trackers.ts";
import { RunningMetrics, type Metrics } from "./metrics/metrics.ts";
import { computeMixedLoss } from "./step/mixed-loss.ts";
import type { Network } from "./network.ts";
import type { Yielder } from "./step/yielder.ts";
import { createScheduleContext } from "./step/schedule-context.ts";
import { createGradientAccumulator, type GradientAccumulator } from "./step/gradient-accumulator.ts";
import { profileLoop } from "./profile/measure-training.ts";
import type { Profiler } from "./profile/profiler.ts";

/** The data and the options of a training run. */
export interface TrainingConfig extends TrainingSpec {
  readonly split: InMemorySplit;
  /** Indices of the training images in the split, in file order. */
  readonly images: Int32Array;
  /** Changes the images of each batch. */
  readonly augmenter?: Augmenter | undefined;
  /** Evaluated after each epoch; never trained on. */
  readonly validation?: Evaluator | undefined;
  readonly epochs: number;
  /** Training ends after this epoch, although the schedule covers all `epochs`. Default: `epochs`. */
  readonly end?: number | undefined;
  /** Training pauses after this epoch, unless it has already ended. Default: no pause. */
  readonly until?: number | undefined;
  readonly batchSize: number;
  /** Whether each epoch has a new order. Otherwise, all epochs have file order. */
  readonly shuffle: boolean;
  /** Random stream of the orders, forked per epoch. */
  readonly rng: Rng;
  /** The parts that the reason of a divergence names. */
  readonly spec: DivergenceCauses;
}

/** Training and validation metrics of one epoch. */
export interface EpochMetrics {
  /** 1, 2, … */
  readonly epoch: number;
  /** Mean over the batches of the epoch. Each batch is evaluated in training mode before its step. */
  readonly train: Metrics;
  readonly validation?: Metrics | undefined;
}

/** Receives the events of training, without affecting it. */
export interface TrainingObserver {
  readonly yielder: Yielder;
  /** `seen` is the number of images of the epoch that were trained on before training was stopped. */
  onEpochStart(epoch: number, seen: number): void;
  /** Called repeatedly. `seen` is the number of images of the epoch so far, `train` their mean metrics. */
  onProgress(epoch: number, seen: number, train: Metrics): void;
  /** Called after each batch. */
  onStep?(): void;
  /** Called after `onProgress`, once the process has handled messages, before the next step. */
  onResume?(): void;
  /** Called after the last batch of the epoch, before validation. */
  onLearned(epoch: number): void;
  onEpoch(measures: EpochMetrics): void;
  /** Measures the parts of each step. Default: no measurement. */
  readonly profiler?: Profiler | undefined;
}

/** The state of a training run. It is not a copy: a checkpoint is restored by writing to it. */
export interface TrainingState {
  /** Metrics of the completed epochs. */
  readonly epochs: EpochMetrics[];
  /** Metrics of the current epoch so far. */
  readonly metrics: RunningMetrics;
  /** The states of the model, the optimizer, the schedule and the weight trackers, by name. */
  readonly stateDicts: Readonly<Record<string, readonly StateDict[]>>;
}

/**
 * Saves and restores the state of a training run, so that a resumed run ends with the same bytes. See
 * checkpoint-file.ts.
 */
export interface Checkpointer {
  /** Called before the first step. Restores the state of a stopped run, if any. */
  restore(trainingState: TrainingState): void;
  /** Called after a step of the optimizer. Saves the state if a checkpoint is due. */
  afterStep(trainingState: TrainingState): void;
  /** Called when training pauses or ends. Saves the current state. The write to the disk may finish later. */
  save(trainingState: TrainingState): void;
}

/**
 * The result of a training run. `epochs` contains the metrics of completed epochs; `reason` explains a
 * divergence.
 */
export type TrainingResult =
  | {
      readonly status: "completed";
      readonly epochs: readonly EpochMetrics[];
      /** The epoch whose weights early stopping restored. Absent if the network has the last weights. */
      readonly restored?: number;
    }
  | { readonly status: "paused"; readonly epochs: readonly EpochMetrics[] }
  | { readonly status: "diverged"; readonly epochs: readonly EpochMetrics[]; readonly reason: string };

/**
 * Trains a network by mini-batch gradient descent: forward, loss, backward and step for each batch of each
 * epoch. If the configuration has a weight average, the averaged weights are validated after each epoch, and
 * the network has them at the end.
 *
 * All random choices depend only on the seed, the epoch and the step, so a resumed run gives the same result
 * as an uninterrupted one. Training ends as diverged at the first non-finite loss, or after the first epoch
 * with non-finite weights.
 */
export async function train(
  network: Network,
  config: TrainingConfig,
  observer: TrainingObserver,
  checkpointer?: Checkpointer,
): Promise<TrainingResult> {
  const { backend } = network;
  const { parts, schedule, trackers, state, isOver } = prepare(network, config, observer, checkpointer);
  const { model, loss, batches, update } = parts;
  const { epochs, metrics } = state;

  while (!isOver() && epochs.length < (config.until ?? config.epochs)) {
    const epoch = epochs.length + 1;
    observer.onEpochStart(epoch, metrics.examples);
    for (const { images, labels, step, count, isLastOfEpoch } of batches.epoch(epoch, metrics.examples)) {
      const context = { training: true, step };
      const outputs = model.forward(images, context);
      const batchLoss = loss.forward(outputs, labels) + model.penalty();
      if (!Number.isFinite(batchLoss)) {
        const isBeforeFirstStep = step < (config.accumulate ?? 1);
        const batch = { images, pass: context, epoch, isBeforeFirstStep };
        return diverged(epochs, describeDivergedLoss(network, config.spec, batch));
      }
      const weight = loss.sumWeights?.(labels);
      metrics.add(batchLoss, backend.countCorrect(outputs, labels), count, weight);

      update.before(weight);
      model.backward(loss.backward(), context);
      const hasStepped = update.after(isLastOfEpoch);
      observer.onStep?.();
      if (hasStepped) checkpointer?.afterStep(state);
      if (observer.yielder.isDue()) await showProgress(observer, epoch, metrics);
    }
    observer.onLearned(epoch);
    const weights = describeDivergedWeights(network, epoch);
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

/** The objects that the training loop calls in each step. */
export interface TrainingLoopParts {
  readonly model: Pick<Model, "forward" | "penalty" | "backward">;
  readonly loss: Loss;
  readonly batches: { epoch(epoch: number, learned: number): Iterable<TrainingBatch> };
  readonly update: GradientAccumulator;
}

/** Returns everything that the training loop needs, with the restored state of a stopped run. */
function prepare(
  network: Network,
  config: TrainingConfig,
  { profiler }: TrainingObserver,
  checkpointer: Checkpointer | undefined,
) {
  const { backend, model } = network;
  const { augmenter, batchSize } = config;
  const mixes = augmenter?.mixes === true;
  const loss = mixes ? computeMixedLoss(network.loss, augmenter, backend, batchSize) : network.loss;
  const batches = new DataLoader(config);
  const duration = createScheduleContext({ ...config, images: config.images.length });
  const schedule = network.createSchedule(duration);
  const trackers = createWeightTrackers(config, backend, model);
  const epochs: EpochMetrics[] = [];
  const metrics = new RunningMetrics();
  const state: TrainingState = {
    epochs,
    metrics,
    stateDicts: collectStates(network, schedule, { ...trackers }),
  };
  checkpointer?.restore(state);
  const batchesLearned = Math.ceil(metrics.examples / batchSize);
  const stepsTaken =
    epochs.length * duration.stepsPerEpoch + Math.ceil(batchesLearned / (config.accumulate ?? 1));
  const update = createGradientAccumulator(network, config, schedule, trackers, stepsTaken);
  const isOver = (): boolean =>
    epochs.length >= (config.end ?? config.epochs) || trackers.earlyStopping?.isOver(epochs.length) === true;
  const plain: TrainingLoopParts = { model, loss, batches, update };
  const parts = profiler === undefined ? plain : profileLoop(plain, profiler);
  return { parts, schedule, trackers, state, isOver };
}

/**
 * Evaluates the weights, or their average if any. Early stopping keeps these weights if they are the best so
 * far.
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
  observer.onResume?.();
}

function diverged(epochs: readonly EpochMetrics[], reason: string): TrainingResult {
  return { status: "diverged", epochs, reason };
}

/**
 * Returns all state that training changes. The order, the augmentation and the dropout of an epoch need no
 * state, because they depend only on the seed.
 */
function collectStates(
  { model, optimizer }: Network,
  schedule: Schedule,
  trackers: Readonly<Record<string, { readonly state: StateDict } | undefined>>,
): TrainingState["stateDicts"] {
  const states = Object.entries(trackers).map(
    ([name, tracker]) => [name, tracker === undefined ? [] : [tracker.state]] as const,
  );
  return {
    model: [{ tensors: [...model.parameters, ...model.buffers], numbers: {} }],
    optimizer: optimizer.state,
    schedule: schedule.state ?? [],
    ...Object.fromEntries(states),
  };
}
