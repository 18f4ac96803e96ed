import type { DatasetRecord } from "@nn/results";
import type { TrialAssignment, TrialReport, TrialOutcome } from "@nn/training";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";

import type { TrialExecutor } from "../scheduling/trial-executor.ts";
import { WorkerCrash } from "../processes/worker-process.ts";
import { withTimeout } from "./timeout.ts";
import { computeCodeVersion } from "./code-version.ts";
import { RemoteWorkerPool } from "./remote-worker-pool.ts";
import { parseReport } from "./job.ts";
import {
  redisChannels,
  SAVE_TIMEOUT_MILLISECONDS,
  redisKeys,
  KEY_PREFIX,
  getQueueName,
  type JobId,
} from "./keys.ts";
import { toRemoteError } from "./remote-error.ts";
import { register, REGISTRATION_MILLISECONDS, unregister } from "./registration.ts";
import { RemoteJob, type JobQueue } from "./remote-job.ts";
import { createRunId } from "./run-id.ts";
import { connectToServer, type Server } from "./server.ts";
import { deleteJob } from "./job-state.ts";

/** Largest number of trials in the queue at once, for any number of workers. */
const MAX_AT_ONCE = 1024;
/** Interval at which all open jobs are checked, in case a notification was lost. */
const LOOK_MILLISECONDS = 1000;
/**
 * Time limit for the last checkpoint of a trial when the run stops. A step, its checkpoint and the upload
 * usually take less.
 */
const STOPPING_MILLISECONDS = SAVE_TIMEOUT_MILLISECONDS + 5000;
/** Time limit for requests to the server when the run ends. */
const CLOSE_TIMEOUT_MILLISECONDS = 3000;

/** Options of `RemoteRun`: the run, and the Redis server that connects it with its workers. */
export interface RemoteRunOptions {
  readonly url: string;
  /** Name of the experiment. */
  readonly name: string;
  /** Absolute path of the run directory. */
  readonly directory: string;
  readonly data: readonly DatasetRecord[];
  /** The path of each custom part → the bytes of its file. Workers must have the same bytes. */
  readonly customFiles?: ReadonlyMap<string, Uint8Array>;
  readonly trials: number;
  /** True if the run starts over. Then its earlier jobs on the server are deleted. */
  readonly fresh: boolean;
  /** The command that starts a worker for this server, for messages. */
  readonly command: string;
  readonly say: (text: string) => void;
}

/** A run whose trials are trained by workers, on any machines, through a Redis server. */
export class RemoteRun {
  readonly executors: readonly TrialExecutor[];
  readonly #server: Server;
  readonly #redis: Redis;
  readonly #listening: Redis;
  readonly #jobQueue: JobQueue;
  readonly #workers: RemoteWorkerPool;
  readonly #open = new Map<string, RemoteJob>();
  readonly #serving: Set<TrialExecutor>;
  readonly #timers: NodeJS.Timeout[] = [];
  /** True from the first executor that is stopped, which is when the user interrupts the run. */
  #isStopping = false;
  #ending: Promise<void> | undefined;

  /** Connects to the server and registers the run. Throws RemoteError. */
  static async begin(options: RemoteRunOptions): Promise<RemoteRun> {
    const server = await connectToServer(options.url);
    const { Queue } = await import("bullmq");
    const redis = server.connect();
    const queue = new Queue(getQueueName(computeCodeVersion()), {
      connection: redis,
      prefix: KEY_PREFIX,
      skipVersionCheck: true,
    });
    queue.on("error", () => {});
    const run = new RemoteRun(options, server, redis, queue);
    try {
      await run.#listen(options.fresh);
    } catch (error) {
      run.#listening.disconnect();
      redis.disconnect();
      throw toRemoteError(error);
    }
    return run;
  }

  private constructor(options: RemoteRunOptions, server: Server, redis: Redis, queue: Queue) {
    const { name, data, customFiles, say } = options;
    const version = computeCodeVersion();
    this.#server = server;
    this.#redis = redis;
    this.#listening = server.connect();
    this.#jobQueue = {
      redis,
      queue,
      run: createRunId(options.directory),
      name,
      version,
      data,
      customFiles,
      say,
    };
    this.#workers = new RemoteWorkerPool(redis, { version, command: options.command, say });
    const executors = Math.min(options.trials, MAX_AT_ONCE);
    this.executors = Array.from({ length: executors }, () => new RemoteExecutor(this));
    this.#serving = new Set(this.executors);
  }

  /** The connected workers and their capacity. */
  get workers(): RemoteWorkerPool {
    return this.#workers;
  }

  /** Creates a job without queuing it. */
  open(assignment: TrialAssignment, onReport: (report: TrialReport) => void): RemoteJob {
    const job = new RemoteJob(this.#jobQueue, assignment, onReport);
    const key = redisKeys.job(job.job);
    this.#open.set(key, job);
    const close = (): void => void this.#open.delete(key);
    job.outcome.then(close, close);
    return job;
  }

  /**
   * Waits for a checkpoint of the job if there is one, up to a time limit. Does not wait if the server is
   * unreachable.
   */
  async keep(job: RemoteJob | undefined): Promise<void> {
    this.#isStopping = true;
    if (job !== undefined && this.#redis.status === "ready")
      await withTimeout(STOPPING_MILLISECONDS, job.stop());
  }

  /** Removes an executor and cancels its job. When the last executor is removed, the run ends. */
  async retire(executor: TrialExecutor, job: RemoteJob | undefined): Promise<void> {
    this.#serving.delete(executor);
    if (this.#serving.size > 0) return job && withTimeout(CLOSE_TIMEOUT_MILLISECONDS, job.drop());
    this.#ending ??= this.#end();
    return this.#ending;
  }

  /** Cancels the open jobs and deletes the others, whose outcomes are recorded. */
  async #end(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const farewell = async (): Promise<void> => {
      await Promise.all([...this.#open.values()].map((job) => job.drop()));
      await this.#forgetAll();
      await unregister(this.#redis, "run", this.#jobQueue.run);
    };
    await withTimeout(CLOSE_TIMEOUT_MILLISECONDS, farewell());
    this.#listening.disconnect();
    this.#redis.disconnect();
    await withTimeout(100, this.#jobQueue.queue.close());
  }

  async #listen(fresh: boolean): Promise<void> {
    const { run, name, version, say } = this.#jobQueue;
    if (fresh) await this.#forgetAll();
    let isLost = false;
    this.#redis.on("close", () => {
      const then = this.#isStopping
        ? `The run waits up to ${STOPPING_MILLISECONDS / 1000} s for it, and then stops without new checkpoints.`
        : "The run continues when it responds again.";
      if (!isLost && this.#ending === undefined) say(`${this.#server.shown} does not respond. ${then}`);
      isLost = true;
    });
    this.#redis.on("ready", () => {
      if (isLost) say(`${this.#server.shown} responds again.`);
      isLost = false;
    });
    const listening = this.#listening;
    listening.on("message", (channel: string, text: string) => this.#onMessage(channel, text));
    await listening.subscribe(
      redisChannels.registration,
      redisChannels.reports(run),
      redisChannels.progress(run),
    );

    const show = skipWhileBusy(async () => {
      await register(this.#redis, "run", run, { name, version, places: 0 });
      await this.#workers.refresh();
    });
    await show();
    this.#timers.push(setInterval(show, REGISTRATION_MILLISECONDS));
    this.#timers.push(setInterval(() => this.#lookAtAll(), LOOK_MILLISECONDS));
  }

  #onMessage(channel: string, text: string): void {
    if (channel === redisChannels.registration) {
      this.#workers.refresh().catch(() => {});
    } else if (channel === redisChannels.progress(this.#jobQueue.run)) {
      const [key = "", ticket = "", ...rest] = text.split(" ");
      const report = parseReport(rest.join(" "));
      if (typeof report !== "string" && report.kind === "progress")
        this.#open.get(key)?.onProgress(ticket, report);
    } else {
      void this.#open.get(text)?.look();
    }
  }

  #lookAtAll(): void {
    for (const job of this.#open.values()) void job.look(true);
  }

  /** Deletes all jobs of this run from the queue and the server. */
  async #forgetAll(): Promise<void> {
    const { run, queue } = this.#jobQueue;
    for (const text of await this.#redis.smembers(redisKeys.jobs(run))) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this program wrote the value
      const job = JSON.parse(text) as JobId;
      const ticket = await this.#redis.hget(redisKeys.job(job), "ticket");
      if (ticket !== null) {
        await queue.remove(ticket);
        await this.#redis.publish(redisChannels.dropped, ticket);
      }
      await deleteJob(this.#redis, job);
    }
    await this.#forgetStray();
  }

  /** Deletes remaining keys, such as files of workers that were killed before they could report them. */
  async #forgetStray(): Promise<void> {
    const match = redisKeys.jobsPattern(this.#jobQueue.run);
    let cursor = "0";
    do {
      const [next, found] = await this.#redis.scan(cursor, "MATCH", match, "COUNT", 1000);
      if (found.length > 0) await this.#redis.del(found);
      cursor = next;
    } while (cursor !== "0");
  }
}

/** An executor that trains one trial at a time on any worker. */
class RemoteExecutor implements TrialExecutor {
  readonly #run: RemoteRun;
  /** The last job. Its outcome is recorded before the next job starts. */
  #job: RemoteJob | undefined;
  #hasPlace = false;
  #isEnding = false;

  constructor(run: RemoteRun) {
    this.#run = run;
  }

  /**
   * Reserves capacity for a trial on a worker. If there is no trial, the reservation is kept, because no
   * other executor needs it.
   */
  async ready(signal: AbortSignal): Promise<void> {
    if (this.#hasPlace) this.#run.workers.release();
    this.#hasPlace = await this.#run.workers.acquire(signal);
  }

  async run(assignment: TrialAssignment, onReport: (report: TrialReport) => void): Promise<TrialOutcome> {
    await this.#job?.forget();
    if (this.#isEnding) throw new WorkerCrash("the run is being stopped");
    this.#job = this.#run.open(assignment, onReport);
    await this.#job.start();
    return this.#job.outcome;
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    await this.#run.keep(this.#job);
    await this.end();
  }

  end(): Promise<void> {
    this.#isEnding = true;
    return this.#run.retire(this, this.#job);
  }
}

/**
 * Wraps a function so that it never runs twice at the same time: a call during another call is skipped.
 * Errors are ignored.
 */
function skipWhileBusy(action: () => Promise<void>): () => Promise<void> {
  let isBusy = false;
  return async () => {
    if (isBusy) return;
    isBusy = true;
    try {
      await action();
    } catch {
      // The connection is closing or the server is stopping, which other code handles.
    } finally {
      isBusy = false;
    }
  };
}
