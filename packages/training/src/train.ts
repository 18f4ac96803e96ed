import type { RunningState, Schedule } from "@nn/layers";
import { ImageBatches, shuffledOrder, type Augmenter, type ResidentSplit } from "@nn/mnist";
import type { Rng } from "@nn/tensor";

import type { TrainingSpec } from "./trial-spec.ts";
import { createAverage } from "./step/averages.ts";
import { divergedLoss, divergedWeights } from "./metrics/divergence.ts";
import { createEarlyStopping } from "./step/early-stopping.ts";
import type { Examination } from "./evaluate.ts";
import { createLookahead } from "./step/lookahead.ts";
import { Meter, type Measure } from "./metrics/metrics.ts";
import { mixedLoss } from "./step/mixed-loss.ts";
import type { Network } from "./network.ts";
import type { Pulse } from "./step/pulse.ts";
import { scheduleContext } from "./step/schedule-context.ts";
import { createUpdate } from "./step/update.ts";

/** What a network learns from, and how. */
export interface Lesson extends TrainingSpec {
  readonly split: ResidentSplit;
  /** Which images of the split are learned from, in file order. */
  readonly images: Int32Array;
  /** Changes the images of each batch before they are learned. */
  readonly augmenter?: Augmenter | undefined;
  /** Taken after each epoch; never learned from. */
  readonly validation?: Examination | undefined;
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

export interface EpochMeasures {
  /** 1, 2, … */
  readonly epoch: number;
  /** The mean over the epoch's batches, each measured before the step it causes: while learning, dropout and all. */
  readonly train: Measure;
  readonly validation?: Measure | undefined;
}

/** Told what happens while a network learns; has no influence on it. */
export interface Observer {
  readonly pulse: Pulse;
  /** `seen`: of its images are learned already, where training goes on after a stop. */
  onEpochStart(epoch: number, seen: number): void;
  /** Now and then: `seen` of the epoch's images are learned, `train` is their mean. */
  onProgress(epoch: number, seen: number, train: Measure): void;
  /** All images of the epoch are learned; its validation comes next. */
  onLearned(epoch: number): void;
  onEpoch(measures: EpochMeasures): void;
}

/** How far a training has come, and all that goes on from there. Live: written into, the training is elsewhere. */
export interface Standing {
  /** Of the epochs that are done. */
  readonly epochs: EpochMeasures[];
  /** Of the next epoch's batches that are learned already. */
  readonly meter: Meter;
  /** What else remembers, the network's own tensors first, by what it is. */
  readonly memory: Readonly<Record<string, readonly RunningState[]>>;
}

/** Keeps what a training needs to go on after a stop, in the same bytes; checkpoint-file.ts. */
export interface Keeper {
  /** Before the first step: brings the training to where it was stopped, if it was. */
  takeUp(standing: Standing): void;
  /** After a step of the optimizer: keeps where the training is, if it is time. */
  afterStep(standing: Standing): void;
  /** Keeps where the training is when it is paused or over: as it is now, though the disk may take its time. */
  keep(standing: Standing): void;
}

export type Training =
  | {
      readonly status: "completed";
      readonly epochs: readonly EpochMeasures[];
      /** The epoch whose weights the network has been given back; else it has those of the last one. */
      readonly restored?: number;
    }
  | { readonly status: "paused"; readonly epochs: readonly EpochMeasures[] }
  | { readonly status: "diverged"; readonly epochs: readonly EpochMeasures[]; readonly reason: string };

/**
 * Mini-batch gradient descent: forward, loss, backward, step; batch after batch, epoch after epoch. What is validated after
 * an epoch, and stays in the network at the end, is the average of the weights where the lesson asks for one.
 * All that is random follows from the seed, the epoch and the step, so a training that was stopped goes on as if it had not been.
 * Ends early, as diverged, at the first loss that is not finite or the first epoch whose weights are not.
 */
export async function train(
  network: Network,
  lesson: Lesson,
  observer: Observer,
  keeper?: Keeper,
): Promise<Training> {
  const { backend, model } = network;
  const { images, batchSize, augmenter } = lesson;
  const mixes = augmenter?.mixes === true;
  const loss = mixes ? mixedLoss(network.loss, augmenter, backend, batchSize) : network.loss;
  const batches = new ImageBatches(lesson.split, batchSize);
  const order = images.slice();
  const epochs: EpochMeasures[] = [];
  const meter = new Meter();
  const batchesPerEpoch = Math.ceil(images.length / batchSize);
  const duration = scheduleContext({ ...lesson, images: images.length });
  const { stepsPerEpoch } = duration;
  const schedule = network.createSchedule(duration);
  const average = lesson.average && createAverage(lesson.average, backend, model);
  const earlyStopping = lesson.earlyStopping && createEarlyStopping(lesson.earlyStopping, backend, model);
  const lookahead = lesson.lookahead && createLookahead(lesson.lookahead, backend, model.parameters);

  const followers = { lookahead, average, earlyStopping };
  const standing = { epochs, meter, memory: memoryOf(network, schedule, followers) };
  keeper?.takeUp(standing);
  const batchesLearned = Math.ceil(meter.examples / batchSize);
  let step = epochs.length * batchesPerEpoch + batchesLearned;
  const stepsTaken = epochs.length * stepsPerEpoch + Math.ceil(batchesLearned / (lesson.accumulate ?? 1));
  const update = createUpdate(network, lesson, schedule, followers, stepsTaken);
  const isOver = (): boolean =>
    epochs.length >= (lesson.end ?? lesson.epochs) || earlyStopping?.isOver(epochs.length) === true;

  while (!isOver() && epochs.length < (lesson.until ?? lesson.epochs)) {
    const epoch = epochs.length + 1;
    if (lesson.shuffle) shuffledOrder(images, lesson.rng.fork(epoch), order);
    observer.onEpochStart(epoch, meter.examples);

    for (let start = meter.examples; start < order.length; start += batchSize) {
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
      meter.add(batchLoss, backend.countCorrect(outputs, batch.labels), count, weight);

      update.before(weight);
      model.backward(loss.backward(), pass);
      const hasStepped = update.after(start + count === order.length);
      step++;
      if (hasStepped) keeper?.afterStep(standing);

      if (observer.pulse.due()) {
        observer.onProgress(epoch, meter.examples, meter.mean());
        await observer.pulse.rest();
      }
    }
    observer.onLearned(epoch);

    const weights = divergedWeights(network, epoch);
    if (weights !== undefined) return { status: "diverged", epochs, reason: weights };

    average?.afterEpoch(epoch);
    average?.exchange();
    const validation = await lesson.validation?.measure(network, observer.pulse);
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

    const measures = { epoch, train: meter.mean(), validation };
    meter.clear();
    epochs.push(measures);
    observer.onEpoch(measures);
  }
  keeper?.keep(standing);
  if (!isOver()) return { status: "paused", epochs };

  average?.exchange();
  return { status: "completed", epochs, ...(earlyStopping && { restored: earlyStopping.restore() }) };
}

/** All that training changes. What an epoch is made of (its order, its augmentation, its dropout) follows from the seed. */
function memoryOf(
  { model, optimizer }: Network,
  schedule: Schedule,
  followers: Readonly<Record<string, { readonly state: RunningState } | undefined>>,
): Standing["memory"] {
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
