/** A swept value, as YAML can represent it. */
export type ParameterValue = number | string | boolean | null | { readonly [key: string]: unknown };

/** Swept path → value, in the order of the experiment file. */
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** Means over a set of images: the loss, and the accuracy 0 … 1. Not finite if training diverged. */
export interface Metrics {
  readonly loss: number;
  readonly accuracy: number;
}

/**
 * How a trial ended. `diverged`: a loss or weights are not finite. `failed`: an error; a resumed run retries
 * it.
 */
export type EndStatus = (typeof endStatuses)[number];
/** All statuses of an ended trial. */
export const endStatuses = ["completed", "diverged", "pruned", "failed"] as const;

/** The size of a trial's network, from its plan. */
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
export interface DataIdentity {
  /** The `type` in the experiment file, such as `mnist`. */
  readonly name: string;
  /** Where it came from, for messages. */
  readonly source: string;
  /** Hexadecimal hash of its content. */
  readonly sha256: string;
  /** The names of the classes by label, if they have names. */
  readonly classes?: readonly string[] | undefined;
}

/**
 * A data set of the trials; recorded once per data set, before the first trial. Absent in journals of older
 * versions.
 */
export interface DataEvent extends DataIdentity {
  readonly event: "data";
}

/**
 * A trial starts, or resumes after a pause, a kill or a failure. Of its recorded epochs, those up to `after`
 * count.
 */
export interface TrialStartedEvent {
  readonly event: "trial-started";
  /** 1, 2, … */
  readonly trial: number;
  readonly seed: number;
  readonly parameters: Parameters;
  /** The trial whose network it continues; if absent, it starts with new weights. */
  readonly parent?: number | undefined;
  /** The worker that trains it; only timings.csv has it. */
  readonly worker: number | string;
  /** The epoch after which it resumes from a checkpoint; if absent, it starts over. */
  readonly after?: number | undefined;
  /**
   * Hash of everything that determines its results, except the number of epochs and the images. A trial of
   * another run with the same hash, the same number of epochs and the same data has the same results. Absent
   * in journals of older versions.
   */
  readonly training?: string | undefined;
  /** Number of epochs if nothing ends it early. */
  readonly planned?: number | undefined;
  /**
   * Absent in journals of older versions, and if the layers do not fit each other, in which case the trial
   * fails.
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
  /** Why it was pruned, diverged or failed. */
  readonly reason?: string | undefined;
}

/**
 * The budget of the sweep ends it after this trial: records of later trials do not count. The last such event
 * is valid.
 */
export interface SweepEndedEvent {
  readonly event: "sweep-ended";
  /** The number of the last trial that counts. */
  readonly after: number;
  /** For messages. */
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
