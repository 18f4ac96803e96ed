/**
 * Protocol version. Increase it for each incompatible change. Runs and workers of different versions use
 * different keys and ignore each other.
 */
const PROTOCOL = 2;

/** The prefix of every key. The braces put all keys into one hash slot of a Redis cluster. */
export const KEY_PREFIX = `{nn-from-scratch:${PROTOCOL}}`;

/** The keys of a job expire after this time without use. */
export const EXPIRY_SECONDS = 7 * 24 * 3600;

/**
 * Time limit for the last step and the checkpoint of a trial that a worker returns to the queue. If it takes
 * longer, the trial resumes from an earlier checkpoint.
 */
export const SAVE_TIMEOUT_MILLISECONDS = 5000;

/** The largest file to send through the server, whose own limit is 512 MB. */
export const MAX_FILE_BYTES = 500_000_000;

/** Returns the queue name of a version of the code. Workers of other versions use other queues. */
export const getQueueName = (version: string): string => `trials-${version}`;

/** Identifies a segment of a trial of a run. `run` is the run's id. */
export interface JobId {
  readonly run: string;
  readonly trial: number;
  readonly until: number;
}

/** The Redis keys that runs and workers share. */
export const redisKeys = {
  /** Set: the ids of the registered workers or runs. */
  present: (kind: RegistrationKind): string => `${KEY_PREFIX}:${kind}s`,
  /** String: the description of a worker or a run, as JSON. It expires if it is not renewed. */
  registration: (kind: RegistrationKind, id: string): string => `${KEY_PREFIX}:${kind}:${id}`,
  /**
   * Hash: the state of the job. Its fields are the ticket in the queue, a hash of the content, the number of
   * attempts, the last worker, the last lease and all leases, the state and the checkpoint's name. Other
   * fields are the furthest progress of all attempts, and the number of workers that have vanished since
   * then.
   */
  job: ({ run, trial, until }: JobId): string => `${KEY_PREFIX}:job:${run}:${trial}:${until}`,
  /** Stream: the reports about the job. */
  reports: (job: JobId): string => `${redisKeys.job(job)}:reports`,
  checkpoint: (job: JobId, name: string): string => `${redisKeys.job(job)}:checkpoint:${name}`,
  /** The checkpoint of another trial, from which the job starts. */
  start: (job: JobId): string => `${redisKeys.job(job)}:start`,
  /** Hash: name → bytes. */
  files: (job: JobId, lease: string): string => `${redisKeys.job(job)}:files:${lease}`,
  /** Glob pattern that matches all keys of the jobs of a run. */
  jobsPattern: (run: string): string => `${KEY_PREFIX}:job:${run}:*`,
  /** Set: the jobs of a run that have keys, as JSON. */
  jobs: (run: string): string => `${KEY_PREFIX}:jobs:${run}`,
};

/** The kind of process that registers: a worker, or a run. */
export type RegistrationKind = "worker" | "run";

/** The publish/subscribe channels between runs and workers. */
export const redisChannels = {
  /** A worker or a run has registered or left. */
  registration: `${KEY_PREFIX}:presence`,
  /** To the workers: this ticket is no longer valid. */
  dropped: `${KEY_PREFIX}:dropped`,
  /** To the workers: the run of this ticket is stopping and waits for a checkpoint. */
  stopped: `${KEY_PREFIX}:stopped`,
  /** To the run: the key of a job with new reports. */
  reports: (run: string): string => `${KEY_PREFIX}:reports:${run}`,
  /** To the run: the progress of a trial. These messages may be lost. */
  progress: (run: string): string => `${KEY_PREFIX}:progress:${run}`,
};
