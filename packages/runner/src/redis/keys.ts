/** Raised when coordinators and workers no longer understand each other: they do not meet then. */
const PROTOCOL = 2;

/** Before every key of ours. The braces keep all keys in one slot of a Redis cluster. */
export const PREFIX = `{nn-from-scratch:${PROTOCOL}}`;

/** What is forgotten by everybody is forgotten by the server after so long. */
export const KEPT_SECONDS = 7 * 24 * 3600;

/**
 * A trial that is given back may take so long for a step and its checkpoint; else it continues from an
 * earlier one.
 */
export const KEEPING_MILLISECONDS = 5000;

/** The largest file that goes through the server, which takes 512 MB. */
export const LARGEST_FILE = 500_000_000;

/** Workers of another version of the code wait at another queue. */
export const queueOf = (version: string): string => `trials-${version}`;

/** A part of a trial of a run. `run`: the run's id. */
export interface JobName {
  readonly run: string;
  readonly trial: number;
  readonly until: number;
}

/** The Redis keys that coordinators and workers share. */
export const keys = {
  /**
   * Who is there: ids of workers, and of runs; of each, what it says of itself, for as long as it goes on
   * saying so.
   */
  present: (kind: PresenceKind): string => `${PREFIX}:${kind}s`,
  presence: (kind: PresenceKind, id: string): string => `${PREFIX}:${kind}:${id}`,
  /**
   * Hash: the ticket in the queue, how many attempts there were, the lease of the last and those of all, how
   * it stands, where its checkpoint is, how far any attempt got, and how many workers have vanished since
   * then.
   */
  job: ({ run, trial, until }: JobName): string => `${PREFIX}:job:${run}:${trial}:${until}`,
  /** Stream: what is said of it. */
  reports: (job: JobName): string => `${keys.job(job)}:reports`,
  checkpoint: (job: JobName, name: string): string => `${keys.job(job)}:checkpoint:${name}`,
  /** The other trial's checkpoint that it begins with. */
  start: (job: JobName): string => `${keys.job(job)}:start`,
  /** Hash: name → bytes. */
  files: (job: JobName, lease: string): string => `${keys.job(job)}:files:${lease}`,
  /** Glob pattern of every key of every job of a run. */
  jobsPattern: (run: string): string => `${PREFIX}:job:${run}:*`,
  /** Set: the jobs of a run that have keys, as JSON. */
  jobs: (run: string): string => `${PREFIX}:jobs:${run}`,
};

/** The kind of process that registers: a worker, or a run. */
export type PresenceKind = "worker" | "run";

/** The names of the publish/subscribe channels between coordinators and workers. */
export const channels = {
  /** Somebody has come or gone. */
  presence: `${PREFIX}:presence`,
  /** To the workers: this ticket counts no more. */
  dropped: `${PREFIX}:dropped`,
  /** To the workers: the run of this ticket is being stopped, and waits for a checkpoint. */
  stopped: `${PREFIX}:stopped`,
  /** To the coordinator, the key of a job: there is something to read of it. */
  reports: (run: string): string => `${PREFIX}:reports:${run}`,
  /** To the coordinator, a `Progress`: how far a trial is, which need not arrive. */
  progress: (run: string): string => `${PREFIX}:progress:${run}`,
};
