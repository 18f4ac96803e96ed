import type { DatasetInfo } from "@nn/mnist";

import type { InputHashes } from "./data/check-inputs.ts";
import type { Trial, TrialSpec } from "./trial-spec.ts";
import type { EpochMetrics } from "./train.ts";
import type { Metrics } from "./metrics/metrics.ts";

/** Number of threads per trial. With `auto`, ThreadTuner chooses it by timing steps. */
export type ThreadCount = number | "auto";

/** The data that a worker process needs to train a trial. */
export interface TrialAssignment {
  readonly trial: Trial;
  /** Seed for drawing the validation images. It is the same for all trials. */
  readonly experimentSeed: number;
  /** Number of threads, the same for all trials of a process. */
  readonly threads: ThreadCount;
  /** Absolute path of the folder of the experiment file, to which paths of custom parts are relative. */
  readonly experimentFolder: string;
  /** Absolute path of the folder with the data sets. */
  readonly dataFolder: string;
  /**
   * Absolute path of the trial's folder, which exists. The worker writes only to this folder and to
   * `profileFolder`.
   */
  readonly trialFolder: string;
  /**
   * Absolute path of the folder to which the worker writes the profile of the trial. If absent, the trial is
   * not profiled.
   */
  readonly profileFolder?: string | undefined;
  /** The metric that determines the best epoch: a column of epochs.csv. */
  readonly metric: string;
  readonly goal: "maximize" | "minimize";
  /** The trial pauses after this epoch, unless it has already ended. */
  readonly until: number;
  /**
   * Minimum seconds between two checkpoints, which are written between steps of the optimizer. 0 writes one
   * after every step. A checkpoint is also written at a pause and after the last epoch.
   */
  readonly checkpointSeconds: number;
  /**
   * The last recorded epoch of the trial, or of the trial from which it starts; 0 if none is recorded. Later
   * epochs of a checkpoint are reported again.
   */
  readonly recorded: number;
  /**
   * Absolute path of another trial's checkpoint at the end of an epoch. The trial starts from it if its own
   * folder has no checkpoint. It uses the weights, the optimizer state, the averages and the number of epochs
   * of that checkpoint, but its own hyperparameters and random streams. The epochs before the checkpoint are
   * not reported.
   */
  readonly startFrom?: string | undefined;
  /** The inputs of the run. The trial ends with RunDirectoryError if its own differ. Absent: not checked. */
  readonly inputs?: InputHashes | undefined;
}

/** The metrics and the speed of one epoch, as a worker process reports them. */
export interface EpochReport extends EpochMetrics {
  /** Seconds of training, without validation. */
  readonly seconds: number;
  /** Training images per second, without validation. */
  readonly imagesPerSecond: number;
}

/** The result of training a trial, or a segment of it up to `until`, in a worker process. */
export interface TrialOutcome {
  /** `paused` means that it trained up to `until` and can resume from its checkpoint. */
  readonly status: "completed" | "diverged" | "paused";
  /** Why it diverged. */
  readonly reason?: string | undefined;
  /** Number of completed epochs. */
  readonly epochs: number;
  /**
   * The epoch whose weights were restored. Without early stopping, the epoch with the best validation metric.
   */
  readonly bestEpoch?: number | undefined;
  /** Metrics of the last completed epoch, or of the epoch whose weights were restored. */
  readonly train?: Metrics | undefined;
  readonly validation?: Metrics | undefined;
  /** Test metrics of the final weights, evaluated once. */
  readonly test?: Metrics | undefined;
  /** Seconds from loading the data to saving the weights. */
  readonly seconds: number;
  /** The backend's name, for environment.json. */
  readonly kernels: string;
}

/**
 * The input of a calibration: the spec of a trial. A worker process trains its network for a few steps on
 * synthetic images.
 */
export interface CalibrationRequest {
  readonly spec: TrialSpec;
  /** Information about the data set of `spec`. */
  readonly info: DatasetInfo;
  readonly threads: ThreadCount;
  /** Absolute path, as in TrialAssignment. */
  readonly experimentFolder: string;
}

/** The time and the disk space that a trial needs, as measured by a worker process. */
export interface CalibrationResult {
  /** Seconds to train on one image: augmentation, both passes, and its share of the optimizer step. */
  readonly learning: number;
  /** Seconds to evaluate one image, in all its views. */
  readonly measuring: number;
  /** Seconds to build the network. */
  readonly building: number;
  /** Bytes of the weights and the checkpoint on the disk. */
  readonly bytes: number;
}

/** Reports that a checkpoint was written after `epoch` completed epochs and `seen` images of the next one. */
export interface CheckpointReport {
  readonly kind: "checkpoint";
  readonly epoch: number;
  readonly seen: number;
}

/** What a worker process needs to prepare for trials before they start. */
export interface WorkerPreparation {
  readonly threads: ThreadCount;
  readonly dataset: TrialSpec["dataset"];
  /** Absolute paths, as in TrialAssignment. */
  readonly dataFolder: string;
  readonly experimentFolder: string;
}

/** A message from the coordinator to a worker process. */
export type WorkerRequest =
  /**
   * Starts the kernels and reads the data while the coordinator prepares the run. The worker does not reply.
   */
  | { readonly kind: "prepare"; readonly preparation: WorkerPreparation }
  | { readonly kind: "train"; readonly assignment: TrialAssignment }
  | { readonly kind: "calibrate"; readonly sample: CalibrationRequest }
  /**
   * Stops the current trial: after the next step, the worker writes a checkpoint and sends no more reports.
   */
  | { readonly kind: "keep" };

/** Seconds between two heartbeats of a worker process during training. A hanging training loop sends none. */
export const HEARTBEAT_SECONDS = 1;

/**
 * A report of a worker process about a trial. If the trial resumes from a checkpoint, the first is `resumed`.
 * Then `alive`, `notice`, `checkpoint`, `progress` and `epoch` follow any number of times. The last report is
 * `ended`, `failed` or `refused`.
 */
export type TrialReport =
  /** Sent at once and then about every HEARTBEAT_SECONDS. */
  | { readonly kind: "alive" }
  /** A message for the terminal. */
  | { readonly kind: "notice"; readonly message: string }
  | {
      readonly kind: "progress";
      readonly epoch: number;
      readonly seen: number;
      readonly total: number;
      readonly train: Metrics;
      readonly imagesPerSecond: number;
    }
  | { readonly kind: "epoch"; readonly epoch: EpochReport }
  /**
   * Training resumes from a checkpoint after `epoch` completed epochs and `seen` images of the next one.
   * Completed epochs that are not yet recorded are reported next, without their times.
   */
  | { readonly kind: "resumed"; readonly epoch: number; readonly seen: number }
  | CheckpointReport
  | { readonly kind: "ended"; readonly outcome: TrialOutcome }
  /**
   * An error that a retry would repeat, such as a custom part that throws, or a damaged data file.
   * `isExiting`: the process ends after this message.
   */
  | { readonly kind: "failed"; readonly message: string; readonly stack: string; readonly isExiting?: true }
  /** The files of the trial cannot be written, so other trials would also fail. */
  | { readonly kind: "refused"; readonly message: string };

/** A message from a worker process: a report about a trial, or the result of a calibration. */
export type WorkerMessage = TrialReport | { readonly kind: "calibrated"; readonly pace: CalibrationResult };
