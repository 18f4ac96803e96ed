/** A swept value, as YAML can represent it. */
export type ParameterValue = number | string | boolean | null | { readonly [key: string]: unknown };

/** Swept path → value, in the order of the experiment file. */
export type Parameters = Readonly<Record<string, ParameterValue>>;

/**
 * Means over a set of images: the loss, and the accuracy 0 … 1. They may not be finite if training diverged.
 */
export interface Metrics {
  readonly loss: number;
  readonly accuracy: number;
}

/**
 * The status of an ended trial. `diverged`: a loss or weights are not finite. `failed`: an error; a resumed
 * run retries the trial.
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

/** The first line of a journal: its format and its run. */
export interface RunEvent {
  readonly event: "run";
  readonly format: 1;
  readonly fingerprint: string;
  readonly name: string;
}

/** Identifies a data set, to distinguish it from another one with the same name. */
export interface DatasetRecord {
  /** The `type` in the experiment file, such as `mnist`. */
  readonly name: string;
  /** The source of the files, for messages. */
  readonly source: string;
  /** SHA-256 of its content, in hexadecimal. */
  readonly sha256: string;
  /** The names of the classes by label, if they have names. */
  readonly classes?: readonly string[] | undefined;
}

/**
 * A data set of the trials. It is recorded once per data set, before the first trial. Journals of older
 * versions do not have it.
 */
export interface DataEvent extends DatasetRecord {
  readonly event: "data";
}

/**
 * A trial starts, or resumes after a pause, a kill or a failure. Only its recorded epochs up to `after`
 * remain valid.
 */
export interface TrialStartedEvent {
  readonly event: "trial-started";
  /** 1, 2, … */
  readonly trial: number;
  readonly seed: number;
  readonly parameters: Parameters;
  /** The trial whose network it continues. If absent, the trial starts with newly initialized weights. */
  readonly parent?: number | undefined;
  /** The worker that trains it. Of the tables, only timings.csv contains it. */
  readonly worker: number | string;
  /** The epoch after which it resumes from a checkpoint. If absent, the trial starts from the beginning. */
  readonly after?: number | undefined;
  /**
   * Hash of everything that determines its results, except the number of epochs and the images. A trial of
   * another run with the same hash, the same number of epochs and the same data has the same results. Absent
   * in journals of older versions.
   */
  readonly training?: string | undefined;
  /** Number of epochs if the trial is not stopped early. */
  readonly planned?: number | undefined;
  /**
   * Absent in journals of older versions. Also absent if the shapes of the layers do not match; then the
   * trial fails.
   */
  readonly network?: NetworkSize | undefined;
}

/** An epoch of a trial was trained. `seconds` is the training time without validation. */
export interface EpochEvent {
  readonly event: "epoch";
  readonly trial: number;
  /** Ascending within a trial. */
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
 * The budget ends the sweep after a trial. Records of later trials are ignored. If there are several of these
 * events, the last one is used.
 */
export interface SweepEndedEvent {
  readonly event: "sweep-ended";
  /** The number of the last trial of the sweep. */
  readonly after: number;
  /** The text that explains why the sweep ended, for messages. */
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
