import { existsSync, rmSync } from "@nn/platform/files";
import { join } from "@nn/platform/path";

import { RunDirectoryError, writeFileAtomically, writeFilesAtomically } from "@nn/results";

import type { Assignment } from "../messages.ts";
import {
  CheckpointError,
  encodeCheckpoint,
  restoreCheckpoint,
  readCheckpoint,
  trainingOf,
} from "./checkpoint.ts";
import type { Clock } from "../step/yielder.ts";
import type { EpochMetrics, Checkpointer, TrainingState } from "../train.ts";

/** In a trial's folder. */
export const CHECKPOINT_FILE = "checkpoint.safetensors";

/** Thrown by a training that was asked to stop, once its checkpoint is on the disk. */
export class TrainingStopped extends Error {
  override readonly name = "TrainingStopped";
}

/**
 * Told when a checkpoint is resumed from, written or unusable. `epoch` whole epochs are done, and `seen`
 * images of the next one.
 */
export interface CheckpointListener {
  /** A checkpoint was taken up; `unrecorded`: measures of its epochs that are not on record yet. */
  onResumed(epoch: number, seen: number, unrecorded: readonly EpochMetrics[]): void;
  onWritten(epoch: number, seen: number): void;
  /** The trial's own checkpoint is of no use. */
  onUnusable(message: string): void;
}

/**
 * The checkpoint of a trial, in its folder. When it is written depends on the clock; what comes of the trial
 * does not.
 */
export class CheckpointFile implements Checkpointer {
  readonly #assignment: Assignment;
  readonly #path: string;
  readonly #training: string;
  readonly #clock: Clock;
  readonly #listener: CheckpointListener;
  readonly #isLeaving: () => boolean;
  #inherited = 0;
  #latest: number;
  #kept: Promise<void> = Promise.resolve();

  /**
   * `isLeaving`: asked after each step; once it is true, a checkpoint is written and the training stops
   * there.
   */
  constructor(
    assignment: Assignment,
    clock: Clock,
    listener: CheckpointListener,
    isLeaving: () => boolean = () => false,
  ) {
    this.#assignment = assignment;
    this.#path = join(assignment.trialFolder, CHECKPOINT_FILE);
    this.#training = trainingOf(assignment.trial, assignment.experimentSeed);
    this.#clock = clock;
    this.#listener = listener;
    this.#isLeaving = isLeaving;
    this.#latest = clock();
  }

  /** How many epochs another trial has trained, whose checkpoint this one began with. */
  get inherited(): number {
    return this.#inherited;
  }

  /** The trial's own checkpoint, else the one that it is to start from, else none. */
  restore(trainingState: TrainingState): void {
    const isOwn = this.#takeUpOwn(trainingState);
    if (!isOwn && !this.#takeUpOther(trainingState)) return;
    const { epochs, metrics } = trainingState;
    const known = Math.max(this.#assignment.recorded, this.#inherited);
    const unrecorded = epochs.filter(({ epoch }) => epoch > known);
    this.#listener.onResumed(epochs.length, metrics.examples, unrecorded);
    // The other trial may go on: should this one be killed, it must not find another beginning.
    if (!isOwn) this.#write(trainingState);
  }

  #takeUpOwn(trainingState: TrainingState): boolean {
    if (!existsSync(this.#path)) return false;
    try {
      const checkpoint = readCheckpoint(this.#path);
      if (checkpoint.training !== this.#training) throw new CheckpointError("it is of another training");
      restoreCheckpoint(checkpoint, trainingState, true);
      this.#inherited = checkpoint.inherited;
      return true;
    } catch (error) {
      const isUnusable = error instanceof CheckpointError || isTorn(error);
      if (!isUnusable) throw error;
      const { trial } = this.#assignment;
      this.#listener.onUnusable(
        `trial ${trial.number} starts over: its checkpoint cannot be resumed from (${error.message}).`,
      );
      return false;
    }
  }

  #takeUpOther(trainingState: TrainingState): boolean {
    const { startFrom } = this.#assignment;
    if (startFrom === undefined) return false;
    try {
      restoreCheckpoint(readCheckpoint(startFrom), trainingState, false);
    } catch (error) {
      if (!(error instanceof CheckpointError || error instanceof RunDirectoryError)) throw error;
      throw new CheckpointError(`the checkpoint ${startFrom} cannot be started from: ${error.message}`, {
        cause: error,
      });
    }
    this.#inherited = trainingState.epochs.length;
    return true;
  }

  /** Throws TrainingStopped after the checkpoint that leaving asks for. */
  afterStep(trainingState: TrainingState): void {
    const leaves = this.#isLeaving();
    if (leaves || this.#clock() - this.#latest >= this.#assignment.checkpointSeconds)
      this.#write(trainingState);
    if (leaves) throw new TrainingStopped("stopped");
  }

  save(trainingState: TrainingState): void {
    const files = [[this.#path, this.#encode(trainingState)]] as const;
    const [epochs, seen] = [trainingState.epochs.length, trainingState.metrics.examples];
    this.#kept = writeFilesAtomically(files).then(() => this.#listener.onWritten(epochs, seen));
    // It is heard of in `kept`.
    this.#kept.catch(() => {});
  }

  /**
   * Resolves when the disk has what was kept last: it is written while the test set is measured. Rejects with
   * RunDirectoryError.
   */
  kept(): Promise<void> {
    return this.#kept;
  }

  /** For a trial that there is nothing to go on with. */
  async discard(): Promise<void> {
    await this.#kept.catch(() => {}); // it might come into its place behind us
    rmSync(this.#path, { force: true });
  }

  #write(trainingState: TrainingState): void {
    writeFileAtomically(this.#path, this.#encode(trainingState));
    this.#latest = this.#clock();
    this.#listener.onWritten(trainingState.epochs.length, trainingState.metrics.examples);
  }

  #encode(trainingState: TrainingState): Uint8Array {
    return encodeCheckpoint(trainingState, { training: this.#training, inherited: this.#inherited });
  }
}

/** Not whole; a disk that refuses to be read is another matter. */
function isTorn(error: unknown): error is RunDirectoryError {
  return error instanceof RunDirectoryError && error.problem === "corrupt";
}
