import type { StateDict, Schedule } from "@nn/layers";
import { ImageBatches, shuffledOrder, type Augmenter, type ResidentSplit } from "@nn/mnist";
import type { Rng } from "@nn/tensor";

import type { TrainingSpec } from "./trial-spec.ts";
import { createAverage } from "./step/averages.ts";
import { divergedLoss, divergedWeights } from "./metrics/divergence.ts";
import { createEarlyStopping } from "./step/early-stopping.ts";
import type { Evaluator } from "./evaluate.ts";
import { createLookahead } from "./step/lookahead.ts";
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
  /** `seen`: of its images are learned already, where training goes on after a stop. */
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
 * that was stopped goes on as if it had not been. Ends early, as diverged, at the first loss that is not
 * finite or the first epoch whose weights are not.
 */
export async function train(
  network: Network,
  config: TrainingConfig,
  observer: TrainingObserver,
  checkpointer?: Checkpointer,
): Promise<TrainingResult> {
  const { backend, model } = network;
  const { images, batchSize, augmenter } = config;
  const mixes = augmenter?.mixes === true;
  const loss = mixes ? mixedLoss(network.loss, augmenter, backend, batchSize) : network.loss;
  const batches = new ImageBatches(config.split, batchSize);
  const order = images.slice();
  const epochs: EpochMetrics[] = [];
  const metrics = new RunningMetrics();
  const batchesPerEpoch = Math.ceil(images.length / batchSize);
  const duration = scheduleContext({ ...config, images: images.length });
  const { stepsPerEpoch } = duration;
  const schedule = network.createSchedule(duration);
  const average = config.average && createAverage(config.average, backend, model);
  const earlyStopping = config.earlyStopping && createEarlyStopping(config.earlyStopping, backend, model);
  const lookahead = config.lookahead && createLookahead(config.lookahead, backend, model.parameters);

  const followers = { lookahead, average, earlyStopping };
  const trainingState = { epochs, metrics, memory: memoryOf(network, schedule, followers) };
  checkpointer?.restore(trainingState);
  const batchesLearned = Math.ceil(metrics.examples / batchSize);
  let step = epochs.length * batchesPerEpoch + batchesLearned;
  const stepsTaken = epochs.length * stepsPerEpoch + Math.ceil(batchesLearned / (config.accumulate ?? 1));
  const update = createUpdate(network, config, schedule, followers, stepsTaken);
  const isOver = (): boolean =>
    epochs.length >= (config.end ?? config.epochs) || earlyStopping?.isOver(epochs.length) === true;

  while (!isOver() && epochs.length < (config.until ?? config.epochs)) {
    const epoch = epochs.length + 1;
    if (config.shuffle) shuffledOrder(images, config.rng.fork(epoch), order);
    observer.onEpochStart(epoch, metrics.examples);

    for (let start = metrics.examples; start < order.length; start += batchSize) {
      const count = Math.min(batchSize, order.length - start);
      const batch = batches.batch(order, start, count);
      augmenter?.apply(batch, epoch, start);
      const pass = { training: true, step };

      const outputs = model.forward(batch.images, pass);
      const batchLoss = loss.forward(outputs, batch.labels) + model.penalty();
      if (!Number.isFinite(batchLoss)) {
        return { status: "diverged", epochs, reason: divergedLoss(network, batch.images, pass, epoch) };
      }
      const weight = loss.weightOf?.(batch.labels);
      metrics.add(batchLoss, backend.countCorrect(outputs, batch.labels), count, weight);

      update.before(weight);
      model.backward(loss.backward(), pass);
      const hasStepped = update.after(start + count === order.length);
      step++;
      if (hasStepped) checkpointer?.afterStep(trainingState);

      if (observer.yielder.isDue()) {
        observer.onProgress(epoch, metrics.examples, metrics.mean());
        await observer.yielder.yield();
      }
    }
    observer.onLearned(epoch);

    const weights = divergedWeights(network, epoch);
    if (weights !== undefined) return { status: "diverged", epochs, reason: weights };

    average?.afterEpoch(epoch);
    average?.exchange();
    const validation = await config.validation?.evaluate(network, observer.yielder);
    if (validation !== undefined && !Number.isFinite(validation.loss)) {
      return {
        status: "diverged",
        epochs,
        reason: `the validation loss is not finite after epoch ${epoch}.`,
      };
    }

    if (validation !== undefined) {
      schedule.onEpoch?.(validation);
      earlyStopping?.afterEpoch(epoch, validation);
    }
    average?.exchange();

    const measures = { epoch, train: metrics.mean(), validation };
    metrics.clear();
    epochs.push(measures);
    observer.onEpoch(measures);
  }
  checkpointer?.save(trainingState);
  if (!isOver()) return { status: "paused", epochs };

  average?.exchange();
  return { status: "completed", epochs, ...(earlyStopping && { restored: earlyStopping.restore() }) };
}

/**
 * All that training changes. What an epoch is made of (its order, its augmentation, its dropout) follows from
 * the seed.
 */
function memoryOf(
  { model, optimizer }: Network,
  schedule: Schedule,
  followers: Readonly<Record<string, { readonly state: StateDict } | undefined>>,
): TrainingState["memory"] {
  const states = Object.entries(followers).map(
    ([name, follower]) => [name, follower === undefined ? [] : [follower.state]] as const,
  );
  return {
    model: [{ tensors: [...model.parameters, ...model.state], numbers: {} }],
    optimizer: optimizer.state,
    schedule: schedule.state ?? [],
    ...Object.fromEntries(states),
  };
}
