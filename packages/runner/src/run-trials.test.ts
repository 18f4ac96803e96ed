import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadExperimentPlan } from "@nn/experiment";
import { openRunDirectory, type RunDirectory, type TrialRecord } from "@nn/results";
import {
  CHECKPOINT_FILE,
  type Trial,
  type TrialAssignment,
  type TrialOutcome,
  type TrialReport,
} from "@nn/training";
import { expect, onTestFinished, test } from "vitest";

import { TrialFailure, WorkerCrash } from "./processes/worker-process.ts";
import type { RunObserver } from "./run-observer.ts";
import { runPendingTrials, type RunTrialsOptions, type StoppedTrial } from "./run-trials.ts";
import type { TrialExecutor } from "./scheduling/trial-executor.ts";

const EPOCHS = 3;
const metrics = { loss: 0.5, accuracy: 0.75 };

/** A trial of each learning rate: 0.1 completes, 0.2 diverges, 0.3 fails, and 0.4 crashes once. */
const text = `
name: toy
dataset: { type: mnist, validation: 10000 }
model: { layers: [{ type: flatten }, { type: dense, units: 10 }] }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: ${EPOCHS}, batchSize: 100 }
loggers: [{ type: tensorboard }]
sweep:
  sampler: { type: grid }
  parameters: { optimizer.learningRate: [0.1, 0.2, 0.3, 0.4] }
`;

/** Reports epochs without training. Records the assignments. */
class FakeExecutor implements TrialExecutor {
  readonly assignments: TrialAssignment[] = [];

  async run(assignment: TrialAssignment, onReport: (report: TrialReport) => void): Promise<TrialOutcome> {
    const { trial } = assignment;
    const isFirst = this.assignments.every((each) => each.trial.number !== trial.number);
    this.assignments.push(assignment);
    const rate = trial.parameters["optimizer.learningRate"];
    const end = { seconds: 2, kernels: "none" };
    const train = metrics;
    for (let epoch = 1; epoch <= EPOCHS; epoch++) {
      const reason = "not finite";
      if (rate === 0.2 && epoch === 3) return { status: "diverged", epochs: 2, reason, train, ...end };
      if (rate === 0.3 && epoch === 2) throw new TrialFailure("no memory", "at a line");
      if (rate === 0.4 && epoch === 2 && isFirst) throw new WorkerCrash("the process was killed");
      onReport({
        kind: "epoch",
        epoch: { epoch, train, validation: metrics, seconds: 1, imagesPerSecond: 9 },
      });
    }
    return {
      status: "completed",
      epochs: EPOCHS,
      bestEpoch: 1,
      train,
      validation: metrics,
      test: metrics,
      ...end,
    };
  }

  async end(): Promise<void> {}
}

/** An observer that notes each event, with the status that the record of the trial has then. */
class Witness implements RunObserver {
  readonly seen: string[] = [];
  directory!: RunDirectory;

  report({ number }: Trial, report: TrialReport): void {
    if (report.kind === "epoch") this.seen.push(`${number} epoch ${report.epoch.epoch}`);
  }

  ended({ number }: Trial, { status }: TrialOutcome): void {
    this.seen.push(`${number} ${status}, recorded as ${this.directory.records.get(number)?.status}`);
  }

  failed({ number }: Trial, reason: string, details: string | undefined): void {
    this.seen.push(`${number} failed: ${reason}, ${details === undefined ? "no details" : "details"}`);
  }

  pruned({ number }: Trial): void {
    this.seen.push(`${number} pruned`);
  }

  retried({ number }: Trial, reason: string): void {
    this.seen.push(`${number} retried: ${reason}`);
  }

  /** The events of a trial, in order. */
  of(trial: number): string[] {
    return this.seen.filter((each) => each.startsWith(`${trial} `)).map((each) => each.slice(2));
  }
}

interface Result {
  readonly witness: Witness;
  readonly executors: readonly FakeExecutor[];
  readonly path: string;
  readonly records: ReadonlyMap<number, TrialRecord>;
  readonly stopped: readonly StoppedTrial[];
}

async function run(
  changes: Partial<Pick<RunTrialsOptions, "signal" | "checkpoints" | "threads">> = {},
  count = 2,
  prepare = (_directory: RunDirectory): void => {},
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "nn-run-trials-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "spec.yaml");
  writeFileSync(file, text);
  const { experiment, next, fingerprintTrial } = await loadExperimentPlan(file);
  const { fingerprint, name, sweptPaths } = experiment;
  const files = { "experiment.yaml": "", "environment.json": "{}" };
  const directory = openRunDirectory({ folder: join(folder, "toy"), fingerprint, name, sweptPaths, files });
  const witness = new Witness();
  witness.directory = directory;
  const executors = Array.from({ length: count }, () => new FakeExecutor());
  try {
    const data = [{ name: "mnist", source: "a folder", sha256: "ab12" }];
    for (const each of data) directory.recordData(each);
    prepare(directory);
    const options: RunTrialsOptions = {
      experiment,
      next,
      fingerprintTrial,
      directory,
      data,
      dataFolder: folder,
      customFiles: new Map(),
      experimentFolder: folder,
      threads: 1,
      executors,
      checkpointSeconds: 30,
      maxFailures: 5,
      signal: new AbortController().signal,
      ...changes,
    };
    const stopped = await runPendingTrials(options, witness);
    return { witness, executors, path: directory.path, records: new Map(directory.records), stopped };
  } finally {
    directory.close();
  }
}

test("the observer sees each event of each trial, after it is recorded", async () => {
  const { witness, records, stopped } = await run();
  expect(stopped).toEqual([]);
  expect(witness.of(1)).toEqual(["epoch 1", "epoch 2", "epoch 3", "completed, recorded as completed"]);
  expect(witness.of(2)).toEqual(["epoch 1", "epoch 2", "diverged, recorded as diverged"]);
  expect(witness.of(3)).toEqual(["epoch 1", "failed: no memory, details"]);
  expect(witness.of(4)).toEqual([
    "epoch 1",
    "retried: the process was killed",
    "epoch 1",
    "epoch 2",
    "epoch 3",
    "completed, recorded as completed",
  ]);
  expect([...records.values()].map(({ trial, status }) => `${trial} ${status}`).sort()).toEqual([
    "1 completed",
    "2 diverged",
    "3 failed",
    "4 completed",
  ]);
});

test("the workers are numbered from 1", async () => {
  const numbers = ({ records }: Result) => new Set([...records.values()].map(({ worker }) => worker));
  expect(numbers(await run({}, 1))).toEqual(new Set([1]));
  expect(numbers(await run())).toEqual(new Set([1, 2]));
});

test("an assignment has the number of recorded epochs, the threads and the folder of the trial", async () => {
  const { executors, path } = await run({ threads: 3 }, 1);
  const [{ assignments } = { assignments: [] }] = executors;
  expect(assignments.map(({ trial, recorded }) => [trial.number, recorded])).toEqual([
    [1, 0],
    [2, 0],
    [3, 0],
    [4, 0],
    [4, 1],
  ]);
  expect(assignments[0]).toMatchObject({
    until: EPOCHS,
    threads: 3,
    trialFolder: join(path, "trials/1"),
    metric: "validation.accuracy",
    goal: "maximize",
    checkpointSeconds: 30,
  });
});

test("with loggers, each trial has an event file, and environment.json has threads, data and kernels", async () => {
  const { path } = await run();
  for (const trial of [1, 2, 3, 4]) expect(existsSync(join(path, `tensorboard/${trial}`))).toBe(true);
  expect(JSON.parse(readFileSync(join(path, "environment.json"), "utf8"))).toMatchObject({
    threads: 1,
    kernels: "none",
    data: [{ name: "mnist", sha256: "ab12" }],
  });
});

test("the checkpoint of an earlier run is copied for a trial that has neither epochs nor a checkpoint", async () => {
  const earlier = join(mkdtempSync(join(tmpdir(), "nn-earlier-")), CHECKPOINT_FILE);
  onTestFinished(() => rmSync(earlier, { force: true }));
  writeFileSync(earlier, "earlier");
  const checkpoints = new Map([
    [1, earlier],
    [2, earlier],
    [4, `${earlier}.none`],
  ]);
  const parameters = { "optimizer.learningRate": 0.2 };
  const { path } = await run({ checkpoints }, 1, (directory) => {
    directory.append({ event: "trial-started", trial: 2, seed: 1, parameters, worker: 1 });
    writeFileSync(join(directory.trialFolder(2), CHECKPOINT_FILE), "own");
  });
  const read = (trial: number): string =>
    readFileSync(join(path, `trials/${trial}`, CHECKPOINT_FILE), "utf8");
  expect(read(1)).toBe("earlier");
  expect(read(2)).toBe("own");
  expect(existsSync(join(path, "trials/4", CHECKPOINT_FILE))).toBe(false);
});
