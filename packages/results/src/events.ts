/** A swept value as YAML can write it. */
export type ParameterValue = number | string | boolean | null | { readonly [key: string]: unknown };

/** Swept path → value, in the order of the experiment file. */
export type Parameters = Readonly<Record<string, ParameterValue>>;

/**
 * Means over a set of images: loss in the loss function's own unit, accuracy 0 … 1. Not finite once training
 * diverged.
 */
export interface Metrics {
  readonly loss: number;
  readonly accuracy: number;
}

/**
 * How a trial ended. `diverged`: a loss that is not finite. `failed`: an error; a resumed run tries it again.
 */
export type EndStatus = (typeof endStatuses)[number];
/** Every way in which a trial can end. */
export const endStatuses = ["completed", "diverged", "pruned", "failed"] as const;

/** What the network of a trial comes to, as it is planned. */
export interface NetworkSize {
  /** Numbers that are learned. */
  readonly parameters: number;
  /** Of the forward pass of one image. */
  readonly multiplyAdds: number;
}

/** The first line of a journal: what the rest is about. */
export interface RunEvent {
  readonly event: "run";
  readonly format: 1;
  readonly fingerprint: string;
  readonly name: string;
}

/** A data set, so that it can be told from another of the same name. */
export interface DataIdentity {
  /** The `type` of the experiment file: `mnist`. */
  readonly name: string;
  /** Where it came from, for people. */
  readonly source: string;
  /** Of its content, in hexadecimal. */
  readonly sha256: string;
  /** The names of the classes by their labels, where they have names. */
  readonly classes?: readonly string[] | undefined;
}

/**
 * What the trials are trained on; before the first trial, once for each data set. Absent in journals of older
 * versions.
 */
export interface DataEvent extends DataIdentity {
  readonly event: "data";
}

/**
 * A trial starts, or starts again after a pause, a kill or a failure: of what was recorded, the epochs up to
 * `after` still count.
 */
export interface TrialStartedEvent {
  readonly event: "trial-started";
  /** 1, 2, … */
  readonly trial: number;
  readonly seed: number;
  readonly parameters: Parameters;
  /** The trial whose network it continues; absent: it begins with weights of its own. */
  readonly parent?: number | undefined;
  /** Which worker trains it; written to timings.csv alone. */
  readonly worker: number | string;
  /** The epoch at which it resumes from a checkpoint; absent: it begins anew. */
  readonly after?: number | undefined;
  /**
   * A hash of all that its results follow from but the number of epochs: a trial of another run with the same
   * one, and as many epochs, has the same results. Absent in journals of older versions.
   */
  readonly training?: string | undefined;
  /** How many epochs it is to have, if nothing stops it. */
  readonly planned?: number | undefined;
  /**
   * Absent in journals of older versions, and where the layers do not fit each other, so that the trial
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
  /** Epochs that were trained to the end. */
  readonly epochs: number;
  readonly bestEpoch?: number | undefined;
  readonly train?: Metrics | undefined;
  readonly validation?: Metrics | undefined;
  readonly test?: Metrics | undefined;
  /** From start to end, evaluation included. */
  readonly seconds: number;
  /** Why it was pruned, diverged or failed. */
  readonly reason?: string | undefined;
}

/**
 * The budget of the sweep ends it after this trial: what later ones have recorded does not count. The last
 * one holds.
 */
export interface SweepEndedEvent {
  readonly event: "sweep-ended";
  /** The number of the last trial that counts. */
  readonly after: number;
  /** For people. */
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
