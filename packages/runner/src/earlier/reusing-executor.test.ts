import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createSingleTrialExperiment } from "@nn/experiment/testing/toy-experiment";
import { openRunDirectory, type TrialRecord } from "@nn/results";
import {
  CHECKPOINT_FILE,
  TEST_TABLES,
  type TrialAssignment,
  type TrialOutcome,
  type TrialReport,
} from "@nn/training";
import { expect, onTestFinished, test } from "vitest";

import type { TrialExecutor } from "../scheduling/trial-executor.ts";
import { EarlierTrials } from "./earlier-trials.ts";
import { ReusingExecutor } from "./reusing-executor.ts";

const experiment = createSingleTrialExperiment();
const [trial] = experiment.trials;
const metrics = (epoch: number) => ({ loss: 1, accuracy: epoch / 10 });
const epochOf = (epoch: number) => ({
  epoch,
  train: metrics(epoch),
  validation: metrics(epoch),
  seconds: 2,
  imagesPerSecond: 9,
});
const trained: TrialOutcome = { status: "completed", epochs: 3, seconds: 50, kernels: "own" };

interface Options {
  /** The earlier trial. Default: it has completed three epochs. */
  readonly record?: Partial<TrialRecord>;
  readonly until?: number;
  /** Number of epochs that are recorded in this run. */
  readonly recorded?: number;
  readonly tables?: readonly string[];
  /** The content of the environment.json of the earlier run. */
  readonly environment?: string;
  readonly executor?: Partial<TrialExecutor>;
}

function create({ record, until = 3, recorded = 0, environment, executor, ...options }: Options = {}) {
  const root = mkdtempSync(join(tmpdir(), "nn-reusing-"));
  const path = join(root, "toy/aaaaaaaaaaaa");
  const folder = join(path, "trials/4");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(path, "environment.json"), environment ?? '{ "kernels": "earlier" }');
  for (const name of options.tables ?? TEST_TABLES) writeFileSync(join(folder, name), name);
  const directory = openRunDirectory({
    folder: join(root, "toy"),
    fingerprint: "0123456789ab",
    name: "toy",
    sweptPaths: [],
    files: { "experiment.yaml": "", "environment.json": "{}" },
  });
  onTestFinished(() => {
    directory.close();
    rmSync(root, { recursive: true });
  });
  directory.append({ event: "trial-started", trial: 1, seed: 1, parameters: {}, worker: 1 });
  for (let epoch = 1; epoch <= recorded; epoch++)
    directory.append({ event: "epoch", trial: 1, ...epochOf(epoch) });
  const trialFolder = directory.trialFolder(1);
  writeFileSync(join(trialFolder, CHECKPOINT_FILE), "own");
  const earlier: TrialRecord = {
    trial: 4,
    status: "completed",
    seed: 1,
    parameters: {},
    worker: 1,
    history: [1, 2, 3].map(epochOf),
    epochs: 3,
    train: metrics(3),
    validation: metrics(3),
    test: metrics(4),
    seconds: 6,
    ...record,
  };
  const identity = { training: "t", planned: 3 };
  const calls: string[] = [];
  const reports: TrialReport[] = [];
  const own: TrialExecutor = {
    run: async (_assignment, report) => {
      calls.push("run");
      report({ kind: "alive" });
      return trained;
    },
    end: async () => void calls.push("end"),
    ...executor,
  };
  const reusing = new ReusingExecutor(
    own,
    {
      experiment,
      next: () => [],
      fingerprintTrial: () => identity,
      earlier: new EarlierTrials([
        { run: "aaaaaaaaaaaa", path, folder, record: { ...earlier, ...identity } },
      ]),
    },
    directory,
  );
  const assignment: TrialAssignment = {
    trial: trial!,
    until,
    recorded,
    trialFolder,
    experimentSeed: 1,
    threads: 1,
    experimentFolder: "/",
    dataFolder: "/",
    metric: "validation.accuracy",
    goal: "maximize",
    checkpointSeconds: 30,
  };
  const run = () => reusing.run(assignment, (report) => reports.push(report));
  return { run, reusing, reports, calls, trialFolder };
}

const epochReports = (...epochs: readonly number[]): TrialReport[] =>
  epochs.map((epoch) => ({ kind: "epoch", epoch: epochOf(epoch) }));

test("a completed trial is reported with its epochs, its end and its kernels, without training", async () => {
  const { run, reports, calls, trialFolder } = create();
  expect(await run()).toEqual({
    status: "completed",
    epochs: 3,
    bestEpoch: 3,
    train: metrics(3),
    validation: metrics(3),
    test: metrics(4),
    seconds: 6,
    kernels: "earlier",
  });
  expect(reports).toEqual([{ kind: "resumed", epoch: 0, seen: 0 }, ...epochReports(1, 2, 3)]);
  expect(calls).toEqual([]);
  for (const name of TEST_TABLES) expect(readFileSync(join(trialFolder, name), "utf8")).toBe(name);
});

test("only epochs that are not recorded are reported", async () => {
  const { run, reports } = create({ recorded: 2 });
  expect(await run()).toMatchObject({ status: "completed", bestEpoch: 3 });
  expect(reports).toEqual([{ kind: "resumed", epoch: 2, seen: 0 }, ...epochReports(3)]);
});

test("a part of an earlier trial ends with a pause, and copies no files", async () => {
  const { run, reports, trialFolder } = create({ until: 2 });
  expect(await run()).toEqual({ status: "paused", epochs: 2, seconds: 0, kernels: "earlier" });
  expect(reports).toEqual([{ kind: "resumed", epoch: 0, seen: 0 }, ...epochReports(1, 2)]);
  expect(existsSync(join(trialFolder, TEST_TABLES[0]!))).toBe(false);
  expect(readFileSync(join(trialFolder, CHECKPOINT_FILE), "utf8")).toBe("own");
});

test("a diverged trial has its reason, and loses its checkpoint", async () => {
  const record = {
    status: "diverged",
    history: [1, 2].map(epochOf),
    epochs: 2,
    reason: "not finite",
    test: undefined,
  } as const;
  const { run, reports, trialFolder } = create({ record });
  expect(await run()).toEqual({
    status: "diverged",
    epochs: 2,
    bestEpoch: 2,
    train: metrics(3),
    validation: metrics(3),
    reason: "not finite",
    seconds: 6,
    kernels: "earlier",
  });
  expect(reports).toHaveLength(3);
  expect(existsSync(join(trialFolder, CHECKPOINT_FILE))).toBe(false);
});

test("a completed trial keeps the checkpoint", async () => {
  const { run, trialFolder } = create();
  await run();
  expect(existsSync(join(trialFolder, CHECKPOINT_FILE))).toBe(true);
});

test("without an environment.json, the kernels are unknown", async () => {
  expect(await create({ environment: "" }).run()).toMatchObject({ kernels: "" });
});

test.each<[string, Options]>([
  ["lacks a table", { tables: TEST_TABLES.slice(1) }],
  ["has failed", { record: { status: "failed" } }],
])("a trial that %s is trained", async (_what, options) => {
  const { run, reports, calls } = create(options);
  expect(await run()).toBe(trained);
  expect(reports).toEqual([{ kind: "alive" }]);
  expect(calls).toEqual(["run"]);
});

test("a trial whose table cannot be read is trained", async () => {
  const { run, reports, calls, trialFolder } = create({ tables: TEST_TABLES.slice(1) });
  // A folder in the place of the table exists, but cannot be read.
  mkdirSync(join(trialFolder, "../../../aaaaaaaaaaaa/trials/4", TEST_TABLES[0]!));
  expect(await run()).toBe(trained);
  expect(reports).toEqual([{ kind: "alive" }]);
  expect(calls).toEqual(["run"]);
});

test("the executor is ready, stops and ends with the one that trains", async () => {
  const calls: string[] = [];
  const { signal } = new AbortController();
  const { reusing } = create({
    executor: {
      ready: async (given) => void calls.push(given === signal ? "ready" : "other signal"),
      stop: async () => void calls.push("stop"),
      end: async () => void calls.push("end"),
    },
  });
  await reusing.ready(signal);
  await reusing.stop();
  await reusing.end();
  expect(calls).toEqual(["ready", "stop", "end"]);
});

test("an executor without `ready` is always ready, and one without `stop` is ended", async () => {
  const { reusing, calls } = create();
  expect(await reusing.ready(new AbortController().signal)).toBeUndefined();
  expect(calls).toEqual([]);
  await reusing.stop();
  expect(calls).toEqual(["end"]);
});
