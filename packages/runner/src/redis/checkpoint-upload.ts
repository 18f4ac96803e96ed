import type { Redis } from "ioredis";

import { readJobCheckpoint } from "./job-folder.ts";
import type { JobReport } from "./job.ts";
import { reportProgress, type JobLease } from "./job-state.ts";
import { EXPIRY_SECONDS, redisKeys, MAX_FILE_BYTES } from "./keys.ts";

/**
 * Delay before an upload. If a trial ends within this time after its last checkpoint, the checkpoint is
 * uploaded only once, with the other files.
 */
const UPLOAD_DELAY_MILLISECONDS = 200;

type Place = Extract<JobReport, { kind: "checkpoint" }>;

/**
 * Uploads the checkpoints of a trial to the server, one after the other. If several are waiting, only the
 * latest one is uploaded.
 */
export class CheckpointUpload {
  readonly #redis: Redis;
  readonly #hold: JobLease;
  readonly #folder: string;
  readonly #onLost: () => void;
  readonly #onRefused: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #latest: Place | undefined;
  #count = 0;
  #stored: string;
  #work: Promise<void> = Promise.resolve();

  /**
   * `stored` is the name of the checkpoint that is on the server. `onLost` is called if the job now belongs
   * to another worker, and `onRefused` if an upload fails.
   */
  constructor(
    redis: Redis,
    hold: JobLease,
    folder: string,
    stored: string,
    onLost: () => void,
    onRefused: (error: unknown) => void,
  ) {
    this.#redis = redis;
    this.#hold = hold;
    this.#folder = folder;
    this.#stored = stored;
    this.#onLost = onLost;
    this.#onRefused = onRefused;
  }

  /** Schedules the upload of the checkpoint in the folder. */
  add(place: Place): void {
    this.#latest = place;
    this.#timer ??= setTimeout(() => void this.flush().catch(this.#onRefused), UPLOAD_DELAY_MILLISECONDS);
  }

  /** Uploads the latest waiting checkpoint now, or after the upload in progress. */
  flush(): Promise<void> {
    this.drop();
    this.#work = this.#work.then(() => this.#upload());
    return this.#work;
  }

  /** Cancels the scheduled upload. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #upload(): Promise<void> {
    const place = this.#latest;
    const bytes = place && readJobCheckpoint(this.#folder);
    this.#latest = undefined;
    if (place === undefined || bytes === undefined || bytes.length > MAX_FILE_BYTES) return;
    const { job, lease } = this.#hold;
    this.#count += 1;
    const name = `${lease}.${this.#count}`;
    await this.#redis.set(redisKeys.checkpoint(job, name), bytes, "EX", EXPIRY_SECONDS);
    const isOurs = await reportProgress(this.#redis, this.#hold, place, { checkpoint: name });
    await this.#redis.del(redisKeys.checkpoint(job, isOurs ? this.#stored : name));
    if (isOurs) this.#stored = name;
    else this.#onLost();
  }
}
