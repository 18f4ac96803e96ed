import { existsSync, rmSync } from "@nn/platform/files";
import { join } from "@nn/platform/path";

import { RunDirectoryError, writeFileAtomically, writeFilesAtomically } from "@nn/results";

import type { TrialAssignment } from "../messages.ts";
import {
  CheckpointError,
  encodeCheckpoint,
  restoreCheckpoint,
  readCheckpoint,
  computeTrainingHash,
} from "./checkpoint.ts";
import type { Clock } from "../step/yielder.ts";
import type { EpochMetrics, Checkpointer, TrainingState } from "../train.ts";

/** File name of the checkpoint in a trial's folder. */
export const CHECKPOINT_FILE = "checkpoint.safetensors";

/** Thrown after a trial was asked to stop and its checkpoint is on the disk. */
export class TrainingStopped extends Error {
  override readonly name = "TrainingStopped";
}

/**
 * Receives the events of a checkpoint. `epoch` is the number of completed epochs, `seen` the number of images
 * seen in the next one.
 */
export interface CheckpointListener {
  /**
   * Training resumes from a checkpoint. `unrecorded` contains the metrics of its epochs that are not yet
   * recorded.
   */
  onResumed(epoch: number, seen: number, unrecorded: readonly EpochMetrics[]): void;
  onWritten(epoch: number, seen: number): void;
  /** The trial's own checkpoint cannot be used. */
  onUnusable(message: string): void;
}

/**
 * The checkpoint of a trial, in its folder. The clock determines when it is written, but does not affect
 * results.
 */
export class CheckpointFile implements Checkpointer {
  readonly #assignment: TrialAssignment;
  readonly #path: string;
  readonly #training: string;
  readonly #clock: Clock;
  readonly #listener: CheckpointListener;
  readonly #isLeaving: () => boolean;
  #inherited = 0;
  #latest: number;
  #kept: Promise<void> = Promise.resolve();

  /**
   * `isLeaving` is called after each step. Once it returns true, a checkpoint is written and training stops.
   */
  constructor(
    assignment: TrialAssignment,
    clock: Clock,
    listener: CheckpointListener,
    isLeaving: () => boolean = () => false,
  ) {
    this.#assignment = assignment;
    this.#path = join(assignment.trialFolder, CHECKPOINT_FILE);
    this.#training = computeTrainingHash(assignment.trial, assignment.experimentSeed);
    this.#clock = clock;
    this.#listener = listener;
    this.#isLeaving = isLeaving;
    this.#latest = clock();
  }

  /** Number of epochs of the trial from whose checkpoint this trial started; 0 if there is none. */
  get inherited(): number {
    return this.#inherited;
  }

  /**
   * Restores the trial's own checkpoint if there is a usable one. Otherwise restores the checkpoint from
   * which the trial starts, if any. Throws CheckpointError if the checkpoint of the other trial cannot be
   * used.
   */
  restore(trainingState: TrainingState): void {
    const isOwn = this.#restoreOwn(trainingState);
    if (!isOwn && !this.#restoreStartFrom(trainingState)) return;
    const { epochs, metrics } = trainingState;
    const known = Math.max(this.#assignment.recorded, this.#inherited);
    const unrecorded = epochs.filter(({ epoch }) => epoch > known);
    this.#listener.onResumed(epochs.length, metrics.examples, unrecorded);
    // The other trial may continue and replace its checkpoint, but this trial must start from the same state
    // if it is killed.
    if (!isOwn) this.#write(trainingState);
  }

  #restoreOwn(trainingState: TrainingState): boolean {
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

  #restoreStartFrom(trainingState: TrainingState): boolean {
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

  /** Writes a checkpoint if it is due or if training stops. Throws TrainingStopped if training stops. */
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
    // The caller receives the error from `written`.
    this.#kept.catch(() => {});
  }

  /**
   * Resolves when the checkpoint of the last `save` is on the disk. The write overlaps with the evaluation of
   * the test set. Rejects with RunDirectoryError.
   */
  written(): Promise<void> {
    return this.#kept;
  }

  /** Deletes the checkpoint of a trial that cannot be resumed. */
  async discard(): Promise<void> {
    await this.#kept.catch(() => {}); // a pending write must not restore the file later
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

/** Whether the file is incomplete or damaged, rather than unreadable. */
function isTorn(error: unknown): error is RunDirectoryError {
  return error instanceof RunDirectoryError && error.code === "corrupt";
}
