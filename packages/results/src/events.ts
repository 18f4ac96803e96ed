/** A swept value, as in YAML. */
export type ParameterValue = number | string | boolean | null | { readonly [key: string]: unknown };

/** Maps each swept path to its value, in the order of the experiment file. */
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** Mean loss and accuracy (0 … 1) over a set of images. They may be non-finite if training diverged. */
export interface Metrics {
  readonly loss: number;
  readonly accuracy: number;
}

/**
 * The status of an ended trial. `diverged`: a loss or a weight is not finite. `failed`: an error occurred. A
 * resumed run retries failed trials.
 */
export type EndStatus = (typeof endStatuses)[number];
/** All statuses of an ended trial. */
export const endStatuses = ["completed", "diverged", "pruned", "failed"] as const;

/** The size of a trial's network. */
export interface NetworkSize {
  /** Number of learned parameters. */
  readonly parameters: number;
  /** Number of multiply-adds in the forward pass of one image. */
  readonly multiplyAdds: number;
}

/** The first line of a journal. Identifies its format and its run. */
export interface RunEvent {
  readonly event: "run";
  readonly format: 1;
  readonly fingerprint: string;
  readonly name: string;
}

/** Identifies a data set. Distinguishes it from other data with the same name. */
export interface DatasetRecord {
  /** The `type` in the experiment file, such as `mnist`. */
  readonly name: string;
  /** The location of the files, for messages. */
  readonly source: string;
  /** SHA-256 of its content, in hexadecimal. */
  readonly sha256: string;
  /** The names of the classes by label, if they have names. */
  readonly classes?: readonly string[] | undefined;
}

/**
 * A data set of the trials. It is recorded once per data set, before the first trial. Absent in journals of
 * older versions.
 */
export interface DataEvent extends DatasetRecord {
  readonly event: "data";
}

/**
 * A trial starts, or resumes after a pause, a kill or a failure. Recorded epochs after `after` become
 * invalid.
 */
export interface TrialStartedEvent {
  readonly event: "trial-started";
  /** 1, 2, … */
  readonly trial: number;
  readonly seed: number;
  readonly parameters: Parameters;
  /** The trial whose network it continues. If absent, the trial starts with newly initialized weights. */
  readonly parent?: number | undefined;
  /** The worker that trains it. Only timings.csv contains it. */
  readonly worker: number | string;
  /** The epoch after which it resumes from a checkpoint. If absent, the trial starts from the beginning. */
  readonly after?: number | undefined;
  /**
   * Hash of everything that determines its results, except the number of epochs and the images. A trial of
   * another run has the same results if the hash, the number of epochs and the data are the same. Absent in
   * journals of older versions.
   */
  readonly training?: string | undefined;
  /** Number of epochs, if training does not end early. */
  readonly planned?: number | undefined;
  /**
   * Absent in journals of older versions. Also absent if the shapes of the layers do not match, in which case
   * the trial fails.
   */
  readonly network?: NetworkSize | undefined;
}

/** An epoch of a trial was trained. `seconds` is the training time without validation. */
export interface EpochEvent {
  readonly event: "epoch";
  readonly trial: number;
  /** The epoch, from 1; increasing within a trial. */
  readonly epoch: number;
  readonly train: Metrics;
  readonly validation?: Metrics | undefined;
  readonly seconds: number;
  readonly imagesPerSecond: number;
}

/** A trial ended: completed, diverged, pruned or failed. */
export interface TrialEndedEvent {
  readonly event: "trial-ended";
  readonly trial: number;
  readonly status: EndStatus;
  /** Number of completed epochs. */
  readonly epochs: number;
  readonly bestEpoch?: number | undefined;
  readonly train?: Metrics | undefined;
  readonly validation?: Metrics | undefined;
  readonly test?: Metrics | undefined;
  /** Seconds from start to end, including evaluation. */
  readonly seconds: number;
  /** The reason why it was pruned, diverged or failed. */
  readonly reason?: string | undefined;
}

/**
 * The budget ends the sweep after a trial. Records of later trials are ignored. The last event of this type
 * is used.
 */
export interface SweepEndedEvent {
  readonly event: "sweep-ended";
  /** The number of the last trial of the sweep. */
  readonly after: number;
  /** Explains why the sweep ended, for messages. */
  readonly reason: string;
}

/** Any line of the journal. */
export type JournalEvent =
  | RunEvent
  | DataEvent
  | TrialStartedEvent
  | EpochEvent
  | TrialEndedEvent
  | SweepEndedEvent;
