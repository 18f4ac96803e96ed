import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";

import { openRunDirectory, type RunDirectory } from "@nn/results";
import { TrialJournal } from "@nn/runner";
import {
  EXPIRY_SECONDS,
  KEY_PREFIX,
  RemoteJob,
  beginJob,
  redisKeys,
  parseJob,
  reportProgress,
  type JobLease,
  type JobId,
  type JobQueue,
  type JobReport,
} from "@nn/runner/redis";
import type { TrialAssignment, EpochReport, TrialFingerprint, Trial, TrialOutcome } from "@nn/training";
import { toySpec } from "@nn/training/testing/toy-training";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";

export const EPOCHS = 3;
const RUN = "0123456789ab";
const QUEUE = "trials-test";
const trial: Trial = {
  number: 1,
  configuration: 0,
  seed: 1,
  parameters: {},
  spec: { ...toySpec, training: { ...toySpec.training, epochs: EPOCHS } },
};
const name: JobId = { run: RUN, trial: 1, until: EPOCHS };

/** The report of an epoch of a simulated training. */
const epochReport = (epoch: number): EpochReport => ({
  epoch,
  train: { loss: 1 / epoch, accuracy: epoch / 10 },
  seconds: 1,
  imagesPerSecond: 1,
});
const outcome: TrialOutcome = { status: "completed", epochs: EPOCHS, seconds: 1, kernels: "none" };

interface Queued {
  readonly wire: string;
}

/** All data of a server. Restoring a snapshot simulates a server that restarts with older data. */
type Snapshot = readonly { readonly key: string; readonly dump: Buffer; readonly ttl: number }[];

/**
 * A trial with a run directory on the disk, a real server, and simulated workers, whose steps the test
 * controls.
 */
export class RemoteTraining {
  readonly redis: Redis;
  readonly #queue: Queue<Queued>;
  readonly #folder = mkdtempSync(join(tmpdir(), "nn-remote-"));
  #directory: RunDirectory;
  #job: RemoteJob | undefined;
  readonly #workers = new Map<number, RemoteWorker>();
  #snapshot: Snapshot = [];
  #isDone = false;
  #failure: Error | undefined;

  constructor(redis: Redis) {
    this.redis = redis;
    this.#queue = new Queue<Queued>(QUEUE, { connection: redis, prefix: KEY_PREFIX, skipVersionCheck: true });
    this.#directory = this.#open();
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#directory.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #open(): RunDirectory {
    return openRunDirectory({
      folder: join(this.#folder, "results"),
      fingerprint: RUN,
      name: "remote",
      sweptPaths: [],
      files: { "experiment.yaml": "", "environment.json": "{}" },
    });
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** The recorded epochs of the trial. */
  get recorded(): readonly number[] {
    return this.#directory.records.get(1)?.history.map(({ epoch }) => epoch) ?? [];
  }

  get status(): string | undefined {
    return this.#directory.records.get(1)?.status;
  }

  /** Simulates a kill and restart of the run's process. */
  async restart(): Promise<void> {
    if (this.#isDone) return;
    this.#failure = undefined;
    this.#job = undefined;
    this.#directory.close();
    this.#directory = this.#open();
    const directory = this.#directory;
    const fingerprintTrial = (): TrialFingerprint => ({ training: "numbers", planned: EPOCHS });
    const judged = { metric: "train.loss", goal: "minimize" } as const;
    const journal = new TrialJournal(directory, judged, fingerprintTrial, () => 0);
    journal.start(trial, 1);
    const jobQueue: JobQueue = {
      redis: this.redis,
      queue: this.#queue,
      run: RUN,
      name: "remote",
      version: "test",
      data: [],
      say: () => {},
    };
    const assignment: TrialAssignment = {
      trial,
      until: EPOCHS,
      experimentSeed: 1,
      threads: 1,
      experimentFolder: this.#folder,
      dataFolder: this.#folder,
      trialFolder: directory.trialFolder(1),
      recorded: directory.records.get(1)?.history.at(-1)?.epoch ?? 0,
      checkpointSeconds: 0,
      metric: "train.loss",
      goal: "minimize",
    };
    const job = new RemoteJob(jobQueue, assignment, (report) => {
      if (this.#job !== job && this.#job !== undefined) return;
      if (report.kind === "resumed") journal.resumed(trial, report.epoch);
      if (report.kind === "epoch") journal.epoch(trial, report.epoch);
    });
    this.#job = job;
    job.outcome.then(
      (ended) => {
        if (this.#job !== job) return;
        journal.ended(trial, ended);
        this.#isDone = true;
      },
      (error: unknown) => {
        if (this.#job === job) this.#failure = error instanceof Error ? error : new Error(String(error));
      },
    );
    await job.start();
  }

  /** Lets the run read all reports. */
  async look(): Promise<void> {
    await this.#job?.look(true);
    // After this, the outcome has been recorded.
    await setImmediate();
    if (this.#failure === undefined) return;
    // A run retries the trial if too many workers have vanished. No other failure is expected.
    if (!/workers vanished/.test(this.#failure.message)) throw this.#failure;
    await this.#job?.forget();
    await this.restart();
  }

  worker(place: number): RemoteWorker {
    const worker = this.#workers.get(place) ?? new RemoteWorker(this.redis, this.#queue);
    this.#workers.set(place, worker);
    return worker;
  }

  /** Simulates a server that has lost the reports, because its memory was full. */
  async loseReports(): Promise<void> {
    await this.redis.del(redisKeys.reports(name));
  }

  /** Adds a report from a time when the clock of the server was an hour ahead. */
  async reportLater(): Promise<void> {
    const report = JSON.stringify({ kind: "notice", message: "the clock is wrong" });
    await this.redis.xadd(redisKeys.reports(name), `${Date.now() + 3_600_000}-0`, "report", report);
  }

  killWorker(place: number): void {
    this.#workers.delete(place);
  }

  async save(): Promise<void> {
    const found = await this.redis.keys("*");
    this.#snapshot = await Promise.all(
      found.map(async (key) => ({
        key,
        dump: await this.redis.dumpBuffer(key),
        ttl: Math.max(0, await this.redis.pttl(key)),
      })),
    );
  }

  async restartServer(): Promise<void> {
    await this.redis.flushall();
    for (const { key, dump, ttl } of this.#snapshot) await this.redis.restore(key, ttl, dump);
  }
}

/** A simulated worker, which executes one step per call. */
class RemoteWorker {
  readonly #redis: Redis;
  readonly #queue: Queue<Queued>;
  #hold: JobLease | undefined;
  /** The reports to send, in order. */
  #unsaid: JobReport[] = [];
  #said: JobReport | undefined;
  #epochs = 0;
  #checkpoints = 0;

  constructor(redis: Redis, queue: Queue<Queued>) {
    this.#redis = redis;
    this.#queue = queue;
  }

  /** Starts the job in the queue, unless the worker has one. */
  async begin(): Promise<void> {
    if (this.#hold !== undefined) return;
    const ticket = await this.#redis.hget(redisKeys.job(name), "ticket");
    const queued = ticket === null ? undefined : await this.#queue.getJob(ticket);
    if (ticket === null || queued === undefined) return;
    const job = parseJob(queued.data.wire);
    if (typeof job === "string") throw new Error(job);
    const begun = await beginJob(this.#redis, name, ticket, "worker");
    if (begun === undefined) return;
    this.#hold = { job: name, ticket, lease: begun.lease };
    const checkpoint =
      begun.checkpoint && (await this.#redis.get(redisKeys.checkpoint(name, begun.checkpoint)));
    this.#epochs = Number(checkpoint || 0);
    this.#unsaid = [{ kind: "begun", worker: "worker", attempt: begun.attempt }];
    if (this.#epochs > 0) this.#unsaid.push({ kind: "resumed", epoch: this.#epochs, seen: 0 });
    for (let epoch = job.recorded + 1; epoch <= this.#epochs; epoch++)
      this.#unsaid.push({ kind: "epoch", epoch: { ...epochReport(epoch), validation: undefined } });
  }

  train(): void {
    if (this.#hold === undefined || this.#epochs === EPOCHS) return;
    this.#epochs += 1;
    this.#unsaid.push({ kind: "epoch", epoch: { ...epochReport(this.#epochs), validation: undefined } });
  }

  /** Sends the next report. */
  async say(): Promise<void> {
    const report = this.#unsaid.shift();
    if (report === undefined) return;
    this.#said = report;
    await this.#tell(report);
  }

  /** Sends the last report again, as after a connection that was lost before the reply. */
  async repeat(): Promise<void> {
    if (this.#said !== undefined) await this.#tell(this.#said);
  }

  /** Drops the next report. */
  lose(): void {
    this.#unsaid.shift();
  }

  /** Swaps the next two reports. */
  swap(): void {
    this.#unsaid.splice(0, 2, ...this.#unsaid.slice(0, 2).toReversed());
  }

  async saveCheckpoint(): Promise<void> {
    const hold = this.#hold;
    if (hold === undefined || this.#epochs === 0) return;
    this.#checkpoints += 1;
    const checkpoint = `${hold.lease}.${this.#checkpoints}`;
    await this.#redis.set(redisKeys.checkpoint(name, checkpoint), `${this.#epochs}`, "EX", EXPIRY_SECONDS);
    await this.#tell({ kind: "checkpoint", epoch: this.#epochs, seen: 0 }, { checkpoint });
  }

  /** Ends the trial: sends all reports and uploads the files. */
  async end(): Promise<void> {
    const hold = this.#hold;
    if (hold === undefined || this.#epochs < EPOCHS) return;
    while (this.#unsaid.length > 0) await this.say();
    await this.#redis.hset(redisKeys.files(name, hold.lease), "model.safetensors", "weights");
    await this.#tell({ kind: "ended", outcome, lease: hold.lease, files: 1 }, { state: "ended" });
  }

  /** Reports that the training failed. */
  fail(): Promise<void> {
    return this.#tell({ kind: "failed", message: "no memory", stack: "" }, { state: "ended" });
  }

  async #tell(report: JobReport, changes: Parameters<typeof reportProgress>[3] = {}): Promise<void> {
    if (this.#hold === undefined) return;
    if (await reportProgress(this.#redis, this.#hold, report, changes)) return;
    // The worker has lost the job.
    this.#hold = undefined;
    this.#unsaid = [];
    this.#said = undefined;
  }
}
