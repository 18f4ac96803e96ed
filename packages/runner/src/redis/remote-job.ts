import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { isAbsolute, relative, sep } from "node:path";

import type { DataIdentity } from "@nn/results";
import { CHECKPOINT_FILE, customTypes, type Assignment, type Report, type TrialOutcome } from "@nn/training";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";

import { workspaceFolder } from "../environment.ts";
import { TrialFailure, WorkerCrash } from "../processes/worker-process.ts";

import { checkpointIn, dropCheckpoint, isFurther, writeCheckpointTo, writeFiles } from "./job-folder.ts";
import { readReport, type Job, type JobReport } from "./job.ts";
import { forgetJob } from "./job-state.ts";
import { channels, KEPT_SECONDS, keys, type JobName } from "./keys.ts";
import { RecordedEpochs } from "./recorded-epochs.ts";
import { asRemoteError } from "./remote-error.ts";
import { toWire } from "./wire.ts";

/** What jobs of a run share. */
export interface JobQueue {
  readonly redis: Redis;
  readonly queue: Queue;
  readonly run: string;
  readonly name: string;
  readonly version: string;
  readonly data: readonly DataIdentity[];
  /** The path of each custom part → the bytes of its file. */
  readonly customFiles?: ReadonlyMap<string, Uint8Array> | undefined;
  readonly say: (text: string) => void;
}

const RUN_ENDED = "the run has ended";

/** How many reports are read at once. */
const PAGE = 200;

/**
 * A part of a trial that some worker trains, as its run sees it. What the run has recorded is the truth:
 * should the server lose all that it knows, the job is put anew, with the checkpoint of the trial's folder.
 */
export class RemoteJob {
  readonly job: JobName;
  readonly #jobQueue: JobQueue;
  readonly #assignment: Assignment;
  readonly #onReport: (report: Report) => void;
  readonly #settled = Promise.withResolvers<TrialOutcome>();
  #ticket = "";
  /** The last report that was read. */
  #cursor = "-";
  readonly #epochs: RecordedEpochs;
  #isOver = false;
  #isStopping = false;
  #isReading = false;
  #isCalled = false;

  constructor(jobQueue: JobQueue, assignment: Assignment, onReport: (report: Report) => void) {
    this.#jobQueue = jobQueue;
    this.#assignment = assignment;
    this.#onReport = onReport;
    this.#epochs = new RecordedEpochs(assignment.recorded);
    this.job = { run: jobQueue.run, trial: assignment.trial.number, until: assignment.until };
  }

  get outcome(): Promise<TrialOutcome> {
    return this.#settled.promise;
  }

  /** Puts the job, or takes up one of the same content that an earlier process of this run has left. */
  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #start(): Promise<void> {
    const { redis } = this.#jobQueue;
    const { last } = this.#epochs;
    // Whatever checkpoint the worker resumes from: the recorded epochs stay.
    if (last > 0) this.#onReport({ kind: "resumed", epoch: last, seen: 0 });
    const [ticket, content] = await redis.hmget(keys.job(this.job), "ticket", "content");
    if (typeof ticket !== "string" || content !== this.#content()) return this.#put();
    // It was given back after the run had been ended.
    if (!(await this.#isAlive(ticket))) return this.#putAgain();
    // Since the server has heard of it, it was trained on this machine.
    if (await this.#isBehind()) return this.#put();
    this.#ticket = ticket;
    await this.look();
  }

  /** Whether nobody trains the job, and the newest checkpoint of the server is older than that of the folder. */
  async #isBehind(): Promise<boolean> {
    const { redis } = this.#jobQueue;
    const here = checkpointIn(this.#assignment.trialFolder);
    const [state, name] = await redis.hmget(keys.job(this.job), "state", "checkpoint");
    if (here === undefined || state !== "waiting") return false;
    const there = name ? await redis.getBuffer(keys.checkpoint(this.job, name)) : null;
    return isFurther(here, there ?? undefined);
  }

  /** Reads what there is to read. To be called when there may be something, and now and then. */
  async look(isThorough = false): Promise<void> {
    if (this.#isOver || this.#ticket === "") return;
    if (this.#isReading) {
      this.#isCalled = true;
      return;
    }
    this.#isReading = true;
    try {
      do {
        this.#isCalled = false;
        await this.#read(isThorough);
      } while (this.#isCalled && !this.#isOver);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isReading = false;
    }
  }

  /** As far as a worker says without its being kept. */
  onProgress(ticket: string, report: Report): void {
    if (ticket === this.#ticket && !this.#isOver) this.#onReport(report);
  }

  /**
   * The run is being stopped: asks whoever trains the job for a checkpoint. Resolves once what has come of it
   * is in the trial's folder, and nobody trains it any more.
   */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.#isStopping = true;
    try {
      await this.#callBack();
    } catch (error) {
      this.#fail(error);
    }
    await this.look();
    await this.outcome.catch(() => {});
  }

  /** Takes the job out of the queue where nobody trains it; else asks for a checkpoint. */
  async #callBack(): Promise<void> {
    const { redis, queue } = this.#jobQueue;
    if (this.#ticket === "") return;
    await queue.remove(this.#ticket);
    await redis.publish(channels.stopped, this.#ticket);
  }

  /** Gives the job up: whoever trains it stops. */
  async drop(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settled.reject(new WorkerCrash(RUN_ENDED));
    await this.#withdraw();
    await this.forget();
  }

  /** Once its outcome is recorded. */
  forget(): Promise<void> {
    return forgetJob(this.#jobQueue.redis, this.job);
  }

  async #read(isThorough: boolean): Promise<void> {
    const { redis } = this.#jobQueue;
    // Who took it out of the queue a moment before has not heard the first call.
    if (this.#isStopping && isThorough) await this.#callBack();
    const [ticket, state] = await redis.hmget(keys.job(this.job), "ticket", "state");
    if (ticket !== this.#ticket) return this.#put();
    for (;;) {
      const entries = await redis.xrange(keys.reports(this.job), this.#cursor, "+", "COUNT", PAGE);
      for (const [id, [, wire = ""]] of entries) {
        this.#cursor = `(${id}`;
        await this.#hear(readReport(wire));
        // A job that has been put anew has a stream of its own.
        if (this.#isOver || this.#ticket !== ticket) return;
      }
      if (entries.length < PAGE) break;
    }
    // By its state nobody trained it before the reports were read: the newest checkpoint is among them.
    if (this.#isStopping && state !== "running") return this.#fail(new WorkerCrash(RUN_ENDED));
    if (isThorough && state !== "ended" && !(await this.#isAlive(this.#ticket))) await this.#put();
  }

  async #hear(report: JobReport | string): Promise<void> {
    // Who writes what no worker writes is none: another will do.
    if (typeof report === "string")
      return this.#fail(new WorkerCrash(`a worker's report does not fit: ${report}`));
    const { trialFolder } = this.#assignment;
    switch (report.kind) {
      case "begun":
      case "returned":
        if (report.kind === "begun" && report.attempt > 1) {
          this.#jobQueue.say(
            `${report.worker} goes on with trial ${this.job.trial}, which another has left.`,
          );
        }
        return;
      case "checkpoint":
        // One that is not there any more has a successor, which is reported, too.
        if (await this.#fetchCheckpoint()) this.#onReport(report);
        return;
      case "resumed":
        return;
      case "epoch":
        switch (this.#epochs.take(report.epoch.epoch)) {
          case "known":
            return;
          case "missing":
            return this.#putAgain();
          case "next":
            return this.#onReport(report);
        }
      case "ended":
        return this.#end(report);
      case "failed":
        // It is mended before it is tried again: nothing of before may go on.
        dropCheckpoint(trialFolder);
        return this.#fail(new TrialFailure(report.message, report.stack));
      case "crashed":
        return this.#fail(new WorkerCrash(report.message));
      default:
        return this.#onReport(report);
    }
  }

  /**
   * Puts the newest checkpoint on the server into the trial's folder, unless a newer one is there. False where
   * the server has none.
   */
  async #fetchCheckpoint(): Promise<boolean> {
    const { redis } = this.#jobQueue;
    const name = await redis.hget(keys.job(this.job), "checkpoint");
    const bytes = name && (await redis.getBuffer(keys.checkpoint(this.job, name)));
    if (!bytes) return false;
    const { trialFolder } = this.#assignment;
    const here = checkpointIn(trialFolder);
    if (here === undefined || !isFurther(here, bytes)) writeCheckpointTo(trialFolder, bytes);
    return true;
  }

  async #end({ outcome, lease, files }: Extract<JobReport, { kind: "ended" }>): Promise<void> {
    if (outcome.epochs > this.#epochs.last) return this.#putAgain();
    const received = await this.#jobQueue.redis.hgetallBuffer(keys.files(this.job, lease));
    // The server has lost them since: the job begins anew.
    if (Object.keys(received).length !== files) return this.#put();
    await writeFiles(this.#assignment.trialFolder, received);
    if (this.#isOver) return;
    // A run that is being stopped records no outcome, and says what is kept.
    if (this.#isStopping && received[CHECKPOINT_FILE] !== undefined)
      this.#onReport({ kind: "checkpoint", epoch: outcome.epochs, seen: 0 });
    this.#isOver = true;
    this.#settled.resolve(outcome);
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settled.reject(asRemoteError(error));
  }

  async #isAlive(ticket: string): Promise<boolean> {
    if ((await this.#jobQueue.queue.getJob(ticket)) !== undefined) return true;
    return (await this.#jobQueue.redis.hget(keys.job(this.job), "state")) === "ended";
  }

  /**
   * Whoever trains the job from its newest checkpoint reports the epochs in it that are not recorded: the
   * server may have lost reports.
   */
  async #putAgain(): Promise<void> {
    await this.#fetchCheckpoint();
    await this.#put();
  }

  async #put(): Promise<void> {
    const { redis, queue, run } = this.#jobQueue;
    const { job } = this;
    if (this.#isStopping) return this.#fail(new WorkerCrash(RUN_ENDED));
    await this.#withdraw();
    await this.forget();
    if (this.#isOver) return;
    const ticket = randomUUID();
    const checkpoint = checkpointIn(this.#assignment.trialFolder);
    const transaction = redis
      .multi()
      .hset(keys.job(job), {
        ticket,
        content: this.#content(),
        state: "waiting",
        attempt: 0,
        checkpoint: checkpoint === undefined ? "" : "0",
      })
      .expire(keys.job(job), KEPT_SECONDS)
      .sadd(keys.jobs(run), JSON.stringify(job))
      .expire(keys.jobs(run), KEPT_SECONDS);
    if (checkpoint !== undefined) transaction.set(keys.checkpoint(job, "0"), checkpoint, "EX", KEPT_SECONDS);
    const { startFrom } = this.#assignment;
    if (startFrom !== undefined)
      transaction.set(keys.start(job), readFileSync(startFrom), "EX", KEPT_SECONDS);
    await transaction.exec();
    this.#ticket = ticket;
    this.#cursor = "-";
    const wire = toWire({ ...this.#payload(), ticket } satisfies Job);
    await queue.add(
      this.#jobQueue.name,
      { wire },
      { jobId: ticket, removeOnComplete: true, removeOnFail: true },
    );
  }

  /** Takes the job out of the queue, and tells whoever trains it. */
  async #withdraw(): Promise<void> {
    const { redis, queue } = this.#jobQueue;
    const ticket = this.#ticket || (await redis.hget(keys.job(this.job), "ticket"));
    if (ticket === null || ticket === "") return;
    // Does nothing where a worker has it.
    await queue.remove(ticket);
    await redis.publish(channels.dropped, ticket);
  }

  /** Stands for all that the outcome depends on. */
  #content(): string {
    const { recorded: _recorded, checkpointSeconds: _seconds, ...payload } = this.#payload();
    return createHash("sha256").update(toWire(payload)).digest("hex");
  }

  #payload(): Omit<Job, "ticket"> {
    const { trial, ...assignment } = this.#assignment;
    const { run, version, name, data, customFiles } = this.#jobQueue;
    const files = [...new Set(customTypes(trial.spec))].map((path) => ({
      path,
      sha256: createHash("sha256")
        .update(customFiles?.get(path) ?? "")
        .digest("hex"),
    }));
    const folder = relative(workspaceFolder, assignment.experimentFolder);
    const isInside = !folder.startsWith("..") && !isAbsolute(folder);
    return {
      version,
      run,
      name,
      trial: trial.number,
      configuration: trial.configuration,
      seed: trial.seed,
      spec: { ...trial.spec },
      until: assignment.until,
      ...(trial.until !== undefined && { end: trial.until }),
      recorded: this.#epochs.last,
      checkpointSeconds: assignment.checkpointSeconds,
      experimentSeed: assignment.experimentSeed,
      metric: assignment.metric,
      goal: assignment.goal,
      folder: isInside ? folder.split(sep).join("/") : assignment.experimentFolder,
      // All of the run: the name of data of one's own has more in it than the type. A worker looks for what
      // the trial reads.
      ...(files.length > 0 && { files }),
      data: data.map(({ name, source, sha256 }) => ({ name, source, sha256 })),
    };
  }
}
