import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { DatasetError } from "@nn/mnist";
import { RunDirectoryError, writeFileAtomically } from "@nn/results";
import type { ThreadCount, TrialAssignment, TrialReport } from "@nn/training";
import type { Redis } from "ioredis";

import { stopExecutor, type TrialExecutor } from "../scheduling/trial-executor.ts";
import { TrialFailure, WorkerCrash } from "../processes/worker-process.ts";
import { withTimeout } from "./timeout.ts";
import { CheckpointUpload } from "./checkpoint-upload.ts";
import type { DataStore } from "./data-store.ts";
import { checkJob } from "./job-check.ts";
import { writeCheckpointTo } from "./job-folder.ts";
import type { Job, JobReport } from "./job.ts";
import { beginJob, reportProgress, type JobLease } from "./job-state.ts";
import {
  redisChannels,
  SAVE_TIMEOUT_MILLISECONDS,
  EXPIRY_SECONDS,
  redisKeys,
  MAX_FILE_BYTES,
} from "./keys.ts";
import { RemoteError } from "./remote-error.ts";
import { serialize } from "./serialization.ts";
import { createWorkFolder } from "./work-folder.ts";

/** The context in which a worker trains jobs: server connection, name, number of threads and data. */
export interface WorkerContext {
  readonly redis: Redis;
  /** Name of the worker, for messages. */
  readonly name: string;
  readonly threads: ThreadCount;
  readonly data: DataStore;
}

/** Signals that stop a job before it is complete. */
export interface JobSignals {
  /** The worker must return the job to the queue. */
  readonly giveBack: AbortSignal;
  /**
   * The run is stopping: the worker must return the job with a checkpoint, and no other worker resumes it.
   */
  readonly stopped: AbortSignal;
  /** The job is cancelled. */
  readonly dropped: AbortSignal;
}

/** Receives the reports of a job while it trains. */
export interface JobListener {
  onReport(report: TrialReport): void;
}

/**
 * How the job ended on this worker. `returned`: another worker will resume it. `stopped`: it waits until its
 * run is resumed. `lost`: it was cancelled, or belongs to another worker.
 */
export type JobOutcome = "completed" | "diverged" | "paused" | "failed" | "returned" | "stopped" | "lost";

/**
 * Trains one job in a separate folder and uploads its files. If this machine cannot train the job, returns it
 * to the queue and throws RemoteError. Throws RunDirectoryError if the folder cannot be created.
 */
export async function serveJob(
  context: WorkerContext,
  executor: TrialExecutor,
  job: Job,
  signals: JobSignals,
  listener: JobListener,
): Promise<JobOutcome> {
  const folder = createWorkFolder();
  try {
    return await serveInFolder(folder, context, executor, job, signals, listener);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function serveInFolder(
  folder: string,
  { redis, name, threads, data }: WorkerContext,
  executor: TrialExecutor,
  job: Job,
  signals: JobSignals,
  listener: JobListener,
): Promise<JobOutcome> {
  const { run, trial: number, until, ticket } = job;
  const jobName = { run, trial: number, until };
  const begun = await beginJob(redis, jobName, ticket, name);
  if (begun === undefined) return "lost";
  const hold: JobLease = { job: jobName, ticket, lease: begun.lease };
  const stop = new AbortController();
  const lose = (): void => stop.abort();
  let refusal: { readonly error: unknown } | undefined;
  const refuse = (error: unknown): void => {
    refusal ??= { error };
    stop.abort();
  };
  const end = (report: JobReport) => reportProgress(redis, hold, report, { state: "ended" });
  const say = async (report: JobReport): Promise<void> => {
    if (!(await reportProgress(redis, hold, report))) lose();
  };
  const giveBack = () =>
    reportProgress(redis, hold, { kind: "returned", worker: name }, { state: "waiting" });

  /** Returns the job to the queue, because another worker may be able to train it, and throws RemoteError. */
  const leave = async (error: Error): Promise<never> => {
    await say({ kind: "notice", message: `The worker ${name} stops: ${error.message}` });
    await giveBack();
    throw new RemoteError(error.message, { cause: error });
  };

  const checked = await checkJob(job).catch(leave);
  if (typeof checked === "string") {
    await end({ kind: "failed", message: `refused by the worker ${name}: ${checked}`, stack: "" });
    return "failed";
  }
  await say({ kind: "begun", worker: name, attempt: begun.attempt });
  const returning = AbortSignal.any([signals.giveBack, signals.stopped]);
  const stopped = AbortSignal.any([returning, signals.dropped, stop.signal]);
  const onStop = (): void => {
    // A job that will be resumed writes a checkpoint first. A cancelled job does not.
    const isKept = returning.aborted && !signals.dropped.aborted && !stop.signal.aborted;
    const kept = isKept ? withTimeout(SAVE_TIMEOUT_MILLISECONDS, stopExecutor(executor)) : Promise.resolve();
    void kept.then(() => executor.end());
  };
  const upload = new CheckpointUpload(redis, hold, folder, begun.checkpoint, lose, refuse);
  let saying = Promise.resolve();
  try {
    // The download continues if this job is stopped, because other jobs may wait for the same data.
    await waitUnlessAborted(signals.stopped, data.prepare(job, checked, signals.giveBack));
    const [checkpoint, start] = [
      begun.checkpoint && (await redis.getBuffer(redisKeys.checkpoint(jobName, begun.checkpoint))),
      await redis.getBuffer(redisKeys.start(jobName)),
    ];
    const continues = job.continues === true;
    // A server whose memory is full may delete any key. The run queues the job again, with the checkpoint.
    if (continues && !start && !checkpoint)
      throw new WorkerCrash("the server has lost the checkpoint from which the trial starts");
    if (checkpoint) writeCheckpointTo(folder, checkpoint);
    const startFrom = join(folder, "start.safetensors");
    if (start) writeFileAtomically(startFrom, start);
    const assignment: TrialAssignment = {
      trial: checked.trial,
      until,
      recorded: job.recorded,
      checkpointSeconds: job.checkpointSeconds,
      experimentSeed: job.experimentSeed,
      metric: job.metric,
      goal: job.goal,
      threads,
      dataFolder: data.folder,
      experimentFolder: checked.experimentFolder,
      trialFolder: folder,
      inputs: {
        data: Object.fromEntries(job.data.map((record) => [record.name, record.sha256])),
        files: Object.fromEntries((job.files ?? []).map(({ path, sha256 }) => [path, sha256])),
      },
      // Without the file, a trial whose own checkpoint is unusable fails, instead of starting anew.
      ...(continues && { startFrom }),
    };
    const onReport = (report: TrialReport): void => {
      listener.onReport(report);
      if (report.kind === "checkpoint") upload.add(report);
      else if (report.kind === "progress") {
        const text = `${redisKeys.job(jobName)} ${ticket} ${serialize(report)}`;
        redis.publish(redisChannels.progress(run), text).catch(refuse);
      } else if (report.kind === "epoch" || report.kind === "resumed" || report.kind === "notice") {
        saying = saying.then(() => say(report)).catch(refuse);
      }
    };
    if (stopped.aborted) throw new WorkerCrash("stopped before it started");
    stopped.addEventListener("abort", onStop, { once: true });
    const outcome = await executor.run(assignment, onReport);
    upload.drop();
    await saying;
    rmSync(startFrom, { force: true });
    const files = await uploadFiles(redis, hold, folder);
    const isOurs = await end({ kind: "ended", outcome, lease: begun.lease, files });
    if (!isOurs) await redis.del(redisKeys.files(jobName, begun.lease));
    return isOurs ? outcome.status : "lost";
  } catch (error) {
    if (refusal !== undefined) throw refusal.error;
    if (signals.dropped.aborted || stop.signal.aborted) return "lost";
    await saying;
    if (returning.aborted) {
      await upload.flush();
      await giveBack();
      return signals.stopped.aborted ? "stopped" : "returned";
    }
    if (error instanceof TrialFailure) {
      await end({ kind: "failed", message: error.message, stack: error.stack ?? "" });
      return "failed";
    }
    if (error instanceof WorkerCrash) {
      await end({ kind: "crashed", message: `${error.message} (on ${name})` });
      return "failed";
    }
    if (
      !(error instanceof RunDirectoryError || error instanceof DatasetError || error instanceof RemoteError)
    ) {
      throw error;
    }
    return leave(error);
  } finally {
    upload.drop();
    stopped.removeEventListener("abort", onStop);
  }
}

/** Waits for `work`. Rejects with the signal's reason if the signal aborts first. */
async function waitUnlessAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  await Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener("abort", onAbort));
}

/**
 * Uploads the safetensors and CSV files in the folder. Returns the number of files. Throws TrialFailure if a
 * file is too large.
 */
async function uploadFiles(redis: Redis, { job, lease }: JobLease, folder: string): Promise<number> {
  const names = readdirSync(folder).filter((name) => /\.(safetensors|csv)$/.test(name));
  const key = redisKeys.files(job, lease);
  for (const name of names) {
    const bytes = readFileSync(join(folder, name));
    if (bytes.length > MAX_FILE_BYTES) {
      throw new TrialFailure(
        `its ${name} has ${Math.ceil(bytes.length / 1e6)} MB, but a file that is sent through Redis may have at ` +
          `most ${MAX_FILE_BYTES / 1e6} MB. ` +
          "Train it on this machine, without an executor.",
        "",
      );
    }
    // Both commands are sent together, because a worker may vanish between two commands.
    await Promise.all([redis.hset(key, name, bytes), redis.expire(key, EXPIRY_SECONDS)]);
  }
  return names.length;
}
