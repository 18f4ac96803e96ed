import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

import { CHECKPOINT_FILE, type TrialAssignment, type TrialReport, type TrialOutcome } from "@nn/training";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";

import { TrialFailure, WorkerCrash } from "../processes/worker-process.ts";

import { deleteCheckpoint } from "../delete-checkpoint.ts";
import { readJobCheckpoint, isLaterCheckpoint, writeCheckpointTo, writeFiles } from "./job-folder.ts";
import { createJobPayload, hashJob, type JobPayload, type SharedInputs } from "./job-payload.ts";
import { parseReport, type Job, type JobReport } from "./job.ts";
import { deleteJob } from "./job-state.ts";
import { redisChannels, EXPIRY_SECONDS, redisKeys, type JobId } from "./keys.ts";
import { RecordedEpochs } from "./recorded-epochs.ts";
import { toRemoteError } from "./remote-error.ts";
import { serialize } from "./serialization.ts";

/** The connection, the queue and the inputs that the jobs of a run share. */
export interface JobQueue extends SharedInputs {
  readonly redis: Redis;
  readonly queue: Queue;
  readonly say: (text: string) => void;
}

const RUN_ENDED = "the run has ended";

/** Number of reports to read at once. */
const PAGE = 200;

/**
 * The run's handle of a training segment that a worker trains. The run's journal is the source of truth. If
 * the server loses all data, the job is queued again with the checkpoint in the trial's folder.
 */
export class RemoteJob {
  readonly job: JobId;
  readonly #jobQueue: JobQueue;
  readonly #assignment: TrialAssignment;
  readonly #onReport: (report: TrialReport) => void;
  readonly #settled = Promise.withResolvers<TrialOutcome>();
  #ticket = "";
  /** Id of the last report that was read. */
  #cursor = "-";
  readonly #epochs: RecordedEpochs;
  #isOver = false;
  #isStopping = false;
  #isReading = false;
  #isCalled = false;

  constructor(jobQueue: JobQueue, assignment: TrialAssignment, onReport: (report: TrialReport) => void) {
    this.#jobQueue = jobQueue;
    this.#assignment = assignment;
    this.#onReport = onReport;
    this.#epochs = new RecordedEpochs(assignment.recorded);
    this.job = { run: jobQueue.run, trial: assignment.trial.number, until: assignment.until };
  }

  get outcome(): Promise<TrialOutcome> {
    return this.#settled.promise;
  }

  /** Queues the job, or continues an identical job that an earlier process of this run has queued. */
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
    // The recorded epochs remain valid for any checkpoint from which the worker resumes.
    if (last > 0) this.#onReport({ kind: "resumed", epoch: last, seen: 0 });
    const [ticket, content] = await redis.hmget(redisKeys.job(this.job), "ticket", "content");
    if (typeof ticket !== "string" || content !== hashJob(this.#payload())) return this.#put();
    // The job is no longer in the queue, because it was returned after the run had ended.
    if (!(await this.#isAlive(ticket))) return this.#putAgain();
    // After its last report to the server, the job was trained further on this machine.
    if (await this.#isBehind()) return this.#put();
    if (await this.#hasFailed()) return this.#put();
    this.#ticket = ticket;
    await this.look();
  }

  /**
   * Returns true if no worker trains the job, and the newest checkpoint on the server is older than the one
   * in the folder.
   */
  async #isBehind(): Promise<boolean> {
    const { redis } = this.#jobQueue;
    const here = readJobCheckpoint(this.#assignment.trialFolder);
    const [state, name] = await redis.hmget(redisKeys.job(this.job), "state", "checkpoint");
    if (here === undefined || state !== "waiting") return false;
    const there = name ? await redis.getBuffer(redisKeys.checkpoint(this.job, name)) : null;
    return isLaterCheckpoint(here, there ?? undefined);
  }

  /**
   * Returns true if the job has failed. An earlier process of this run was killed before it could delete the
   * job, and now the trial is retried. Deletes the checkpoint if the training failed, as `#hear` does.
   */
  async #hasFailed(): Promise<boolean> {
    const { redis } = this.#jobQueue;
    const [last] = await redis.xrevrange(redisKeys.reports(this.job), "+", "-", "COUNT", 1);
    const report = parseReport(last?.[1][1] ?? "");
    if (typeof report === "string" || (report.kind !== "failed" && report.kind !== "crashed")) return false;
    if (report.kind === "failed") deleteCheckpoint(this.#assignment.trialFolder);
    return true;
  }

  /**
   * Reads new reports. Call it after each notification and at regular intervals. With `isThorough`, also
   * checks that the job is still in the queue.
   */
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

  /** Handles a progress message. The server does not store progress messages. */
  onProgress(ticket: string, report: TrialReport): void {
    if (ticket === this.#ticket && !this.#isOver) this.#onReport(report);
  }

  /**
   * Requests a checkpoint from the worker of the job, because the run is stopping. Resolves when the
   * checkpoint is in the trial's folder and no worker trains the job any more.
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

  /** Removes the job from the queue if no worker trains it. Otherwise requests a checkpoint. */
  async #callBack(): Promise<void> {
    const { redis, queue } = this.#jobQueue;
    if (this.#ticket === "") return;
    await queue.remove(this.#ticket);
    await redis.publish(redisChannels.stopped, this.#ticket);
  }

  /** Cancels the job. A worker that trains it stops. */
  async drop(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settled.reject(new WorkerCrash(RUN_ENDED));
    await this.#withdraw();
    await this.forget();
  }

  /** Deletes the job from the server. Call it after its outcome is recorded. */
  forget(): Promise<void> {
    return deleteJob(this.#jobQueue.redis, this.job);
  }

  async #read(isThorough: boolean): Promise<void> {
    const { redis } = this.#jobQueue;
    // A worker that had just started the job may have missed the first message.
    if (this.#isStopping && isThorough) await this.#callBack();
    const [ticket, state] = await redis.hmget(redisKeys.job(this.job), "ticket", "state");
    if (ticket !== this.#ticket) return this.#put();
    if (!(await this.#hearNew(ticket))) return;
    // `state` was read before the reports, so they contain the end. If it is not among the new ones, its id
    // may be lower than that of a report that was read before the clock of the server was set back.
    // Otherwise, the server has lost it.
    if (state === "ended") {
      this.#cursor = "-";
      return (await this.#hearNew(ticket)) ? this.#putAgain() : undefined;
    }
    // No worker trained the job when `state` was read, so the reports contain the newest checkpoint.
    if (this.#isStopping && state !== "running") return this.#fail(new WorkerCrash(RUN_ENDED));
    if (isThorough && !(await this.#isAlive(this.#ticket))) await this.#put();
  }

  /** Handles the reports after the cursor. Returns false if the job is over or has been queued again. */
  async #hearNew(ticket: string): Promise<boolean> {
    const { redis } = this.#jobQueue;
    for (;;) {
      const entries = await redis.xrange(redisKeys.reports(this.job), this.#cursor, "+", "COUNT", PAGE);
      for (const [id, [, wire = ""]] of entries) {
        this.#cursor = `(${id}`;
        await this.#hear(parseReport(wire));
        // A job that has been queued again has a new stream of reports.
        if (this.#isOver || this.#ticket !== ticket) return false;
      }
      if (entries.length < PAGE) return true;
    }
  }

  async #hear(report: JobReport | string): Promise<void> {
    // An invalid report does not come from one of our workers. Another worker will train the job.
    if (typeof report === "string")
      return this.#fail(new WorkerCrash(`a worker's report is invalid: ${report}`));
    const { trialFolder } = this.#assignment;
    switch (report.kind) {
      case "begun":
      case "returned":
        if (report.kind === "begun" && report.attempt > 1) {
          this.#jobQueue.say(
            `${report.worker} resumes trial ${this.job.trial}, which another worker did not finish.`,
          );
        }
        return;
      case "checkpoint":
        // If the checkpoint no longer exists, a newer one has replaced it. The newer one is also reported.
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
        // The user fixes the cause before a retry, so the trial must not resume from its earlier state.
        deleteCheckpoint(trialFolder);
        return this.#fail(new TrialFailure(report.message, report.stack));
      case "crashed":
        return this.#fail(new WorkerCrash(report.message));
      default:
        return this.#onReport(report);
    }
  }

  /**
   * Downloads the newest checkpoint from the server into the trial's folder, unless the folder has a newer
   * one. Returns false if the server has none.
   */
  async #fetchCheckpoint(): Promise<boolean> {
    const { redis } = this.#jobQueue;
    const name = await redis.hget(redisKeys.job(this.job), "checkpoint");
    const bytes = name && (await redis.getBuffer(redisKeys.checkpoint(this.job, name)));
    if (!bytes) return false;
    const { trialFolder } = this.#assignment;
    const here = readJobCheckpoint(trialFolder);
    if (here === undefined || !isLaterCheckpoint(here, bytes)) writeCheckpointTo(trialFolder, bytes);
    return true;
  }

  async #end({ outcome, lease, files }: Extract<JobReport, { kind: "ended" }>): Promise<void> {
    if (outcome.epochs > this.#epochs.last) return this.#putAgain();
    const received = await this.#jobQueue.redis.hgetallBuffer(redisKeys.files(this.job, lease));
    // The server has lost the files, so the job is queued again.
    if (Object.keys(received).length !== files) return this.#put();
    await writeFiles(this.#assignment.trialFolder, received);
    if (this.#isOver) return;
    // A stopping run does not record the outcome. It reports the checkpoint, from which the trial resumes.
    if (this.#isStopping && received[CHECKPOINT_FILE] !== undefined)
      this.#onReport({ kind: "checkpoint", epoch: outcome.epochs, seen: 0 });
    this.#isOver = true;
    this.#settled.resolve(outcome);
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settled.reject(toRemoteError(error));
  }

  async #isAlive(ticket: string): Promise<boolean> {
    if ((await this.#jobQueue.queue.getJob(ticket)) !== undefined) return true;
    return (await this.#jobQueue.redis.hget(redisKeys.job(this.job), "state")) === "ended";
  }

  /**
   * Queues the job again, with its newest checkpoint. The worker that resumes reports all epochs of the
   * checkpoint that are not recorded, because the server may have lost their reports.
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
    const checkpoint = readJobCheckpoint(this.#assignment.trialFolder);
    const transaction = redis
      .multi()
      .hset(redisKeys.job(job), {
        ticket,
        content: hashJob(this.#payload()),
        state: "waiting",
        attempt: 0,
        checkpoint: checkpoint === undefined ? "" : "0",
      })
      .expire(redisKeys.job(job), EXPIRY_SECONDS)
      .sadd(redisKeys.jobs(run), JSON.stringify(job))
      .expire(redisKeys.jobs(run), EXPIRY_SECONDS);
    if (checkpoint !== undefined)
      transaction.set(redisKeys.checkpoint(job, "0"), checkpoint, "EX", EXPIRY_SECONDS);
    const { startFrom } = this.#assignment;
    if (startFrom !== undefined)
      transaction.set(redisKeys.start(job), readFileSync(startFrom), "EX", EXPIRY_SECONDS);
    await transaction.exec();
    this.#ticket = ticket;
    this.#cursor = "-";
    const wire = serialize({ ...this.#payload(), ticket } satisfies Job);
    await queue.add(
      this.#jobQueue.name,
      { wire },
      { jobId: ticket, removeOnComplete: true, removeOnFail: true },
    );
  }

  #payload(): JobPayload {
    return createJobPayload(this.#jobQueue, this.#assignment, this.#epochs.last);
  }

  /** Removes the job from the queue and notifies the worker that trains it. */
  async #withdraw(): Promise<void> {
    const { redis, queue } = this.#jobQueue;
    const ticket = this.#ticket || (await redis.hget(redisKeys.job(this.job), "ticket"));
    if (ticket === null || ticket === "") return;
    // This has no effect if a worker trains the job.
    await queue.remove(ticket);
    await redis.publish(redisChannels.dropped, ticket);
  }
}
