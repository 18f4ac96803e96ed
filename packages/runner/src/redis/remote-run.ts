import { createHash } from "node:crypto";
import { hostname } from "node:os";

import type { DataIdentity } from "@nn/results";
import type { Assignment, Report, TrialOutcome } from "@nn/training";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";

import type { TrialExecutor } from "../scheduling/dispatch.ts";
import { WorkerCrash } from "../processes/worker-process.ts";
import { atMost } from "./at-most.ts";
import { codeVersion } from "./code-version.ts";
import { RemoteWorkerPool } from "./remote-worker-pool.ts";
import { readReport } from "./job.ts";
import { channels, KEEPING_MILLISECONDS, keys, PREFIX, queueOf, type JobName } from "./keys.ts";
import { register, PRESENCE_MILLISECONDS, unregister } from "./presence.ts";
import { RemoteJob, type JobQueue } from "./remote-job.ts";
import { findServer, type Server } from "./server.ts";
import { forgetJob } from "./job-state.ts";

/** More trials than this are not given out at once, however many workers there are. */
const MOST_AT_ONCE = 1024;
/** What a message should have told is looked for that often. */
const LOOK_MILLISECONDS = 1000;
/**
 * Workers that do not answer hold nobody up at the end: a step, its checkpoint and its way take less as a
 * rule.
 */
const STOPPING_MILLISECONDS = KEEPING_MILLISECONDS + 5000;
/** Nor does a server that does not. */
const FAREWELL_MILLISECONDS = 3000;

/** Options of `RemoteRun`: the run, and the Redis server that connects it with its workers. */
export interface RemoteRunOptions {
  readonly url: string;
  /** Of the experiment. */
  readonly name: string;
  /** Absolute path of the run directory. */
  readonly directory: string;
  readonly data: readonly DataIdentity[];
  /** The path of each custom part → the bytes of its file: workers must have the same. */
  readonly customFiles?: ReadonlyMap<string, Uint8Array>;
  readonly trials: number;
  /** The run starts over: what an earlier one has left on the server does not count. */
  readonly fresh: boolean;
  /** The command that starts a worker for this server, to be shown. */
  readonly command: string;
  readonly say: (text: string) => void;
}

/** The run of an experiment whose trials are trained by workers elsewhere. */
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
  #ending: Promise<void> | undefined;

  /** Throws RemoteError. */
  static async begin(options: RemoteRunOptions): Promise<RemoteRun> {
    const server = await findServer(options.url);
    const { Queue } = await import("bullmq");
    const redis = server.connect();
    const queue = new Queue(queueOf(codeVersion()), {
      connection: redis,
      prefix: PREFIX,
      skipVersionCheck: true,
    });
    queue.on("error", () => {});
    const run = new RemoteRun(options, server, redis, queue);
    await run.#listen(options.fresh);
    return run;
  }

  private constructor(options: RemoteRunOptions, server: Server, redis: Redis, queue: Queue) {
    const { name, data, customFiles, say } = options;
    const version = codeVersion();
    this.#server = server;
    this.#redis = redis;
    this.#listening = server.connect();
    this.#jobQueue = { redis, queue, run: idOf(options.directory), name, version, data, customFiles, say };
    this.#workers = new RemoteWorkerPool(redis, { version, command: options.command, say });
    const executors = Math.min(options.trials, MOST_AT_ONCE);
    this.executors = Array.from({ length: executors }, () => new RemoteTrainer(this));
    this.#serving = new Set(this.executors);
  }

  /** The places that workers have for trials. */
  get workers(): RemoteWorkerPool {
    return this.#workers;
  }

  /** A job that is not started yet. */
  open(assignment: Assignment, onReport: (report: Report) => void): RemoteJob {
    const job = new RemoteJob(this.#jobQueue, assignment, onReport);
    const key = keys.job(job.job);
    this.#open.set(key, job);
    const close = (): void => void this.#open.delete(key);
    job.outcome.then(close, close);
    return job;
  }

  /** Waits for a checkpoint of the job, so long and no longer; not at all where the server is away. */
  async keep(job: RemoteJob): Promise<void> {
    if (this.#redis.status === "ready") await atMost(STOPPING_MILLISECONDS, job.stop());
  }

  /** One of the executors trains no more, and drops what it trains. With the last of them the run ends. */
  async retire(executor: TrialExecutor, job: RemoteJob | undefined): Promise<void> {
    this.#serving.delete(executor);
    if (this.#serving.size > 0) return job && atMost(FAREWELL_MILLISECONDS, job.drop());
    this.#ending ??= this.#end();
    return this.#ending;
  }

  /** Gives up what is still open, and forgets the rest: it is recorded. */
  async #end(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const farewell = async (): Promise<void> => {
      await Promise.all([...this.#open.values()].map((job) => job.drop()));
      await this.#forgetAll();
      await unregister(this.#redis, "run", this.#jobQueue.run);
    };
    await atMost(FAREWELL_MILLISECONDS, farewell());
    this.#listening.disconnect();
    this.#redis.disconnect();
    await atMost(100, this.#jobQueue.queue.close());
  }

  async #listen(fresh: boolean): Promise<void> {
    const { run, name, version, say } = this.#jobQueue;
    if (fresh) await this.#forgetAll();
    let isLost = false;
    this.#redis.on("close", () => {
      if (!isLost && this.#ending === undefined)
        say(`${this.#server.shown} does not answer. The run goes on when it does.`);
      isLost = true;
    });
    this.#redis.on("ready", () => {
      if (isLost) say(`${this.#server.shown} is back.`);
      isLost = false;
    });
    const listening = this.#listening;
    listening.on("message", (channel: string, text: string) => this.#onMessage(channel, text));
    await listening.subscribe(channels.presence, channels.reports(run), channels.progress(run));

    const show = oneAtATime(async () => {
      await register(this.#redis, "run", run, { name, version, places: 0 });
      await this.#workers.refresh();
    });
    await show();
    this.#timers.push(setInterval(show, PRESENCE_MILLISECONDS));
    this.#timers.push(setInterval(() => this.#lookAtAll(), LOOK_MILLISECONDS));
  }

  #onMessage(channel: string, text: string): void {
    if (channel === channels.presence) {
      this.#workers.refresh().catch(() => {});
    } else if (channel === channels.progress(this.#jobQueue.run)) {
      const [key = "", ticket = "", ...rest] = text.split(" ");
      const report = readReport(rest.join(" "));
      if (typeof report !== "string" && report.kind === "progress")
        this.#open.get(key)?.onProgress(ticket, report);
    } else {
      void this.#open.get(text)?.look();
    }
  }

  #lookAtAll(): void {
    for (const job of this.#open.values()) void job.look(true);
  }

  /** What is left of earlier jobs of this run. */
  async #forgetAll(): Promise<void> {
    const { run, queue } = this.#jobQueue;
    for (const text of await this.#redis.smembers(keys.jobs(run))) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by this program, under a key of its own
      const job = JSON.parse(text) as JobName;
      const ticket = await this.#redis.hget(keys.job(job), "ticket");
      if (ticket !== null) {
        await queue.remove(ticket);
        await this.#redis.publish(channels.dropped, ticket);
      }
      await forgetJob(this.#redis, job);
    }
    await this.#forgetStray();
  }

  /** What workers have brought that were killed before they could say so. */
  async #forgetStray(): Promise<void> {
    const match = keys.jobsPattern(this.#jobQueue.run);
    let cursor = "0";
    do {
      const [next, found] = await this.#redis.scan(cursor, "MATCH", match, "COUNT", 1000);
      if (found.length > 0) await this.#redis.del(found);
      cursor = next;
    } while (cursor !== "0");
  }
}

/** Trains one trial at a time, somewhere. */
class RemoteTrainer implements TrialExecutor {
  readonly #run: RemoteRun;
  /** The last one, which is recorded by the time that the next begins. */
  #job: RemoteJob | undefined;
  #hasPlace = false;
  #isEnding = false;

  constructor(run: RemoteRun) {
    this.#run = run;
  }

  /** Keeps its place while it waits for a trial: as there is none, nobody else wants it. */
  async ready(signal: AbortSignal): Promise<void> {
    if (this.#hasPlace) this.#run.workers.release();
    this.#hasPlace = await this.#run.workers.acquire(signal);
  }

  async run(assignment: Assignment, onReport: (report: Report) => void): Promise<TrialOutcome> {
    await this.#job?.forget();
    if (this.#isEnding) throw new WorkerCrash("the run is being stopped");
    this.#job = this.#run.open(assignment, onReport);
    await this.#job.start();
    return this.#job.outcome;
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    if (this.#job !== undefined) await this.#run.keep(this.#job);
    await this.end();
  }

  end(): Promise<void> {
    this.#isEnding = true;
    return this.#run.retire(this, this.#job);
  }
}

/** The same for the same directory of the same machine: a run that goes on finds there what it has left. */
function idOf(directory: string): string {
  return createHash("sha256").update(`${hostname()}\n${directory}`).digest("hex").slice(0, 12);
}

/** Calls while one lasts are left out. What fails is tried again at the next. */
function oneAtATime(action: () => Promise<void>): () => Promise<void> {
  let isBusy = false;
  return async () => {
    if (isBusy) return;
    isBusy = true;
    try {
      await action();
    } catch {
      // the connection is being closed, or the server is about to go: seen elsewhere
    } finally {
      isBusy = false;
    }
  };
}
