import type { WorkerObserver } from "./service-observer.ts";
import { randomUUID } from "node:crypto";

import type { Job as QueuedJob } from "bullmq";
import type { Redis } from "ioredis";

import { isRecord } from "@nn/training";
import type { TrialExecutor } from "../scheduling/trial-executor.ts";
import { withTimeout } from "./timeout.ts";
import { computeCodeVersion } from "./code-version.ts";
import { parseJob, type Job } from "./job.ts";
import { redisChannels, SAVE_TIMEOUT_MILLISECONDS, KEY_PREFIX, getQueueName } from "./keys.ts";
import { register, REGISTRATION_MILLISECONDS, unregister, listRegistered } from "./registration.ts";
import { toRemoteError } from "./remote-error.ts";
import { serveJob, type WorkerContext } from "./serve-job.ts";
import type { Server } from "./server.ts";

/** Time limit for closing the worker: for checkpoints and for requests to the server. */
const CLOSE_TIMEOUT_MILLISECONDS = SAVE_TIMEOUT_MILLISECONDS + 5000;

/** Arguments of `serveTrials`. */
export interface TrialService {
  readonly server: Server;
  readonly context: Omit<WorkerContext, "redis">;
  /** One executor per concurrent trial. */
  readonly executors: readonly TrialExecutor[];
  /** Seconds of silence after which a worker loses its trials to others. */
  readonly lostSeconds: number;
  /** Stops the worker: it returns its trials to the queue and ends. */
  readonly signal: AbortSignal;
  readonly observer: WorkerObserver;
}

/** Returns the BullMQ options for a worker that loses its trials after this many seconds of silence. */
export function createStalledJobOptions(lostSeconds: number) {
  return {
    lockDuration: lostSeconds * 1000,
    // BullMQ checks twice in that time.
    stalledInterval: lostSeconds * 500,
    // No limit is set here, because the state of the job on the server counts vanished workers.
    maxStalledCount: 1_000_000,
  };
}

/** Trains trials for runs until the signal aborts. Throws RemoteError if this machine cannot train a job. */
export async function serveTrials(service: TrialService): Promise<void> {
  const { server, context, executors, lostSeconds, observer, signal } = service;
  const { Worker, WaitingError } = await import("bullmq");
  const redis = server.connect();
  const listening = server.connect();
  const version = computeCodeVersion();
  const id = randomUUID();
  const free = [...executors];
  /** Ticket → controllers that stop its training. */
  const open = new Map<string, { readonly dropped: AbortController; readonly stopped: AbortController }>();
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {});
  const failed = new AbortController();
  const giveBack = AbortSignal.any([signal, failed.signal]);

  const serve = async (job: Job): Promise<boolean> => {
    const executor = free.pop();
    if (executor === undefined) throw new Error("There are more jobs than executors.");
    const [dropped, stopped] = [new AbortController(), new AbortController()];
    open.set(job.ticket, { dropped, stopped });
    observer.begin(job);
    try {
      const signals = { giveBack, dropped: dropped.signal, stopped: stopped.signal };
      const served = await serveJob({ ...context, redis }, executor, job, signals, {
        onReport: (report) => observer.report(job, report),
      });
      observer.end(job, served);
      return served !== "returned";
    } catch (error) {
      observer.end(job, "returned");
      failed.abort();
      broken.reject(error);
      return false;
    } finally {
      free.push(executor);
      open.delete(job.ticket);
    }
  };
  const process = async (queued: QueuedJob, token?: string): Promise<void> => {
    const data: unknown = queued.data;
    const job =
      isRecord(data) && typeof data["wire"] === "string" ? parseJob(data["wire"]) : "it has no text";
    if (typeof job === "string") {
      observer.say(`A job was refused: ${job}`);
      return;
    }
    if (giveBack.aborted || !(await serve(job))) {
      await queued.moveToWait(token);
      throw new WaitingError();
    }
  };

  const worker = new Worker(getQueueName(version), process, {
    connection: redis,
    prefix: KEY_PREFIX,
    concurrency: executors.length,
    ...createStalledJobOptions(lostSeconds),
    skipVersionCheck: true,
  });
  worker.on("error", () => {});
  reportConnection(redis, server, observer, giveBack);

  listening.on("message", (channel: string, ticket: string) => {
    const job = open.get(ticket);
    (channel === redisChannels.stopped ? job?.stopped : job?.dropped)?.abort();
  });
  const registration = { name: context.name, version, places: executors.length };
  const strangers = new Set<string>();
  const show = async (): Promise<void> => {
    await register(redis, "worker", id, registration);
    for (const [run, { name, version: theirs }] of await listRegistered(redis, "run")) {
      if (theirs === version || strangers.has(run)) continue;
      strangers.add(run);
      observer.say(
        `The run of ${name} has version ${theirs} of the code, but this worker has ${version}. ` +
          "It gets no trials of this run. Check out the same commit on both machines, and restart the worker.",
      );
    }
  };
  const timer = setInterval(() => void show().catch(() => {}), REGISTRATION_MILLISECONDS);
  try {
    await listening.subscribe(redisChannels.dropped, redisChannels.stopped);
    await show();
    await Promise.race([waitForAbort(signal), broken.promise]);
  } catch (error) {
    throw toRemoteError(error);
  } finally {
    clearInterval(timer);
    const farewell = async (): Promise<void> => {
      await worker.close();
      await unregister(redis, "worker", id);
    };
    await withTimeout(CLOSE_TIMEOUT_MILLISECONDS, farewell());
    listening.disconnect();
    redis.disconnect();
  }
}

function reportConnection(redis: Redis, server: Server, observer: WorkerObserver, signal: AbortSignal): void {
  let isLost = false;
  redis.on("close", () => {
    if (!isLost && !signal.aborted) observer.say(`${server.shown} does not respond. Waiting for it.`);
    isLost = true;
  });
  redis.on("ready", () => {
    if (isLost) observer.say(`${server.shown} responds again.`);
    isLost = false;
  });
}

async function waitForAbort(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
