import type { Redis } from "ioredis";

import { checkpointIn } from "./job-folder.ts";
import type { JobReport } from "./job.ts";
import { reportProgress, type JobLease } from "./job-state.ts";
import { KEPT_SECONDS, keys, LARGEST_FILE } from "./keys.ts";

/** The last checkpoint of a trial goes with its other files: what follows so soon is waited for. */
const PATIENCE_MILLISECONDS = 200;

type Place = Extract<JobReport, { kind: "checkpoint" }>;

/** Brings the checkpoints of a trial to the server, one after the other; of two that wait the later one. */
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

  /** `stored`: the name of the one that is there. `onRefused`: the server takes none. */
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

  /** A checkpoint has been written to the folder. */
  add(place: Place): void {
    this.#latest = place;
    this.#timer ??= setTimeout(() => void this.flush().catch(this.#onRefused), PATIENCE_MILLISECONDS);
  }

  /** Brings up what still waits. */
  flush(): Promise<void> {
    this.drop();
    this.#work = this.#work.then(() => this.#upload());
    return this.#work;
  }

  /** What still waits is not needed. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #upload(): Promise<void> {
    const place = this.#latest;
    const bytes = place && checkpointIn(this.#folder);
    this.#latest = undefined;
    if (place === undefined || bytes === undefined || bytes.length > LARGEST_FILE) return;
    const { job, lease } = this.#hold;
    this.#count += 1;
    const name = `${lease}.${this.#count}`;
    await this.#redis.set(keys.checkpoint(job, name), bytes, "EX", KEPT_SECONDS);
    const isOurs = await reportProgress(this.#redis, this.#hold, place, { checkpoint: name });
    await this.#redis.del(keys.checkpoint(job, isOurs ? this.#stored : name));
    if (isOurs) this.#stored = name;
    else this.#onLost();
  }
}
