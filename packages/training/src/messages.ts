import type { DatasetFacts } from "@nn/mnist";

import type { Trial, TrialSpec } from "./trial-spec.ts";
import type { EpochMetrics } from "./train.ts";
import type { Metrics } from "./metrics/metrics.ts";

/** What a worker process is asked to train: plain data, all that it needs to know. */
export interface Assignment {
  readonly trial: Trial;
  /** The validation images are drawn from it: the same ones for every trial. */
  readonly experimentSeed: number;
  /** How many threads compute: the same for all trials of a process. */
  readonly threads: number;
  /** Absolute path of the folder of the experiment file: plug-ins are named relative to it. */
  readonly experimentFolder: string;
  /** Absolute path of the folder that holds data sets. */
  readonly dataFolder: string;
  /** Absolute path of the trial's folder, which exists: the only one that the worker writes to. */
  readonly trialFolder: string;
  /** What the best epoch is best by: a column of epochs.csv. */
  readonly metric: string;
  readonly goal: "maximize" | "minimize";
  /**
   * After this epoch, if it is below `spec.training.epochs`, the trial is paused; else it trains to its end.
   */
  readonly until: number;
  /**
   * A checkpoint is written after the first step that ends so many seconds after the last one; 0: after every
   * step of the optimizer. And always at a pause and at the end of the last epoch.
   */
  readonly checkpointSeconds: number;
  /**
   * The last epoch that is on record, of the trial or else of the one that it begins with; 0 for none. Those
   * of a checkpoint beyond it are reported again.
   */
  readonly recorded: number;
  /**
   * Absolute path of another trial's checkpoint, at the end of an epoch, to begin with where the trial's
   * folder has none: with its weights, the state of its optimizer, its averages and its number of epochs, but
   * with the trial's own hyperparameters and random streams. The epochs up to there are not reported.
   */
  readonly startFrom?: string | undefined;
}

/** The metrics and the speed of one epoch, as a worker process reports them. */
export interface EpochReport extends EpochMetrics {
  /** Spent learning, without the validation. */
  readonly seconds: number;
  /** Training images a second, while learning. */
  readonly imagesPerSecond: number;
}

/** The result of training a trial, or a segment of it up to `until`, in a worker process. */
export interface TrialOutcome {
  /** `paused`: trained up to `until`, and to be resumed from its checkpoint. */
  readonly status: "completed" | "diverged" | "paused";
  /** Why it diverged. */
  readonly reason?: string | undefined;
  /** Whole epochs that are done. */
  readonly epochs: number;
  readonly bestEpoch?: number | undefined;
  /** Of the last whole epoch. */
  readonly train?: Metrics | undefined;
  readonly validation?: Metrics | undefined;
  /** With the final weights, measured once. */
  readonly test?: Metrics | undefined;
  /** From the first byte of data to the last byte of the weights. */
  readonly seconds: number;
  /** The backend's name, for environment.json. */
  readonly kernels: string;
}

/** What a worker process is asked to measure itself by: a few steps of a network, on made-up images. */
export interface Sample {
  readonly spec: TrialSpec;
  /** Of its data set. */
  readonly facts: DatasetFacts;
  readonly threads: number;
  /** Absolute; as in an assignment. */
  readonly experimentFolder: string;
}

/** What a trial takes, in the process that has measured it. */
export interface Pace {
  /** Seconds to learn an image: its augmentation, both passes, its share of the update. */
  readonly learning: number;
  /** Seconds to measure an image, in all its views. */
  readonly measuring: number;
  /** Seconds to build the network. */
  readonly building: number;
  /** Of its weights and its checkpoint, on the disk. */
  readonly bytes: number;
}

/**
 * A checkpoint of this place has been written: `epoch` whole epochs are done, and `seen` images of the next.
 */
export interface CheckpointReport {
  readonly kind: "checkpoint";
  readonly epoch: number;
  readonly seen: number;
}

/** A message from the coordinator to a worker process. */
export type Request =
  | { readonly kind: "train"; readonly assignment: Assignment }
  | { readonly kind: "calibrate"; readonly sample: Sample }
  /**
   * While a trial is trained: it stops after the next step, with a checkpoint, and nothing more is said of
   * it.
   */
  | { readonly kind: "keep" };

/** How often a worker process that trains says that it does. A loop that hangs says nothing. */
export const HEARTBEAT_SECONDS = 1;

/**
 * What a worker process says of a trial: any number of notice, checkpoint, progress and epoch, `resumed`
 * before these when it resumes from a checkpoint, then one of the others.
 */
export type Report =
  /** At once, and every HEARTBEAT_SECONDS, or a little later. */
  | { readonly kind: "alive" }
  /** For the person at the terminal. */
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
   * A checkpoint was taken up: `epoch` whole epochs are done, and `seen` images of the next. What is reported
   * from here on goes on from there; those of the done epochs that are not on record follow first, without
   * their times.
   */
  | { readonly kind: "resumed"; readonly epoch: number; readonly seen: number }
  | CheckpointReport
  | { readonly kind: "ended"; readonly outcome: TrialOutcome }
  /** An error that would come again: a custom part that throws, a data file that is broken. */
  | { readonly kind: "failed"; readonly message: string; readonly stack: string }
  /** The disk refuses the trial's files: nothing that any trial could help. */
  | { readonly kind: "refused"; readonly message: string };

/** What a worker process says: of a trial, or in the end of a calibration. */
export type Message = Report | { readonly kind: "calibrated"; readonly pace: Pace };
