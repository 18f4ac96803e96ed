import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadExperimentPlan, type LoadedExperiment } from "@nn/experiment";
import { openRunDirectory, type DatasetRecord, type RunDirectory } from "@nn/results";
import {
  CHECKPOINT_FILE,
  NETWORK_FILE,
  TEST_TABLES,
  findBestEpoch,
  type TrialAssignment,
  type EpochReport,
  type TrialReport,
  type TrialOutcome,
} from "@nn/training";
import fc from "fast-check";
import { beforeAll, expect, onTestFinished, test } from "vitest";

import { silentObserver } from "../testing/silent-observer.ts";
import { EarlierTrials } from "./earlier-trials.ts";
import { ReusingExecutor } from "./reusing-executor.ts";
import { recordSweepEnd, runPendingTrials, createSweepScheduler } from "../run-trials.ts";
import type { TrialExecutor } from "../scheduling/trial-executor.ts";
import { findEarlierSegment, planReuse, reuseTrials } from "./reuse-trials.ts";

const DATA: readonly DatasetRecord[] = [{ name: "mnist", source: "a folder", sha256: "ab12" }];

/**
 * A fake executor. The metrics of an epoch are a hash of the trial's spec, its seed, the epoch and the
 * checkpoint from which it started.
 */
class FakeExecutor implements TrialExecutor {
  /** Number of trained epochs. */
  trained = 0;

  async run(assignment: TrialAssignment, onReport: (report: TrialReport) => void): Promise<TrialOutcome> {
    const { trial, until, trialFolder, startFrom, recorded, metric, goal } = assignment;
    const checkpoint = join(trialFolder, CHECKPOINT_FILE);
    const own = existsSync(checkpoint);
    const { epochs: schedule, ...training } = trial.spec.training;
    const spec = JSON.stringify([
      { ...trial.spec, training },
      trial.seed,
      trial.until === undefined ? 0 : schedule,
    ]);
    const from =
      !own && startFrom === undefined ? undefined : readFileSync(own ? checkpoint : startFrom!, "utf8");
    const { history, inherited, chain } = this.#begin(spec, from, own);
    if (history.length > 0) onReport({ kind: "resumed", epoch: history.length, seen: 0 });
    const say = (epoch: EpochReport): void => onReport({ kind: "epoch", epoch });
    for (const epoch of history.slice(Math.max(recorded, inherited))) say({ ...epoch, seconds: 0 });

    const end = trial.until ?? schedule;
    // Some trials stop early and some diverge, depending on the hash.
    const kind = hashOf(chain, "kind") % 8;
    const last = kind === 0 && inherited === 0 ? Math.min(end, 2) : end;
    const divergesIn = kind === 1 && inherited === 0 ? 3 : Infinity;
    while (history.length < Math.min(until, last)) {
      const epoch = history.length + 1;
      this.trained += 1;
      if (epoch === divergesIn) {
        rmSync(checkpoint, { force: true });
        const best = findBestEpoch(history.slice(inherited), metric, goal);
        const { train, validation } = history.at(-1) ?? {};
        const outcome = { bestEpoch: best, train, validation, seconds: 1, kernels: "none" };
        return { status: "diverged", epochs: epoch - 1, reason: `in epoch ${epoch}`, ...outcome };
      }
      const [train, validation] = [measure(chain, `train ${epoch}`), measure(chain, `validation ${epoch}`)];
      const report = { epoch, train, validation, seconds: 1, imagesPerSecond: 1 };
      history.push(report);
      say(report);
    }
    writeFileSync(checkpoint, JSON.stringify({ history, inherited, chain }));
    const measures = { epochs: history.length, seconds: 1, kernels: "none" };
    if (history.length < last) return { status: "paused", ...measures };
    for (const name of [NETWORK_FILE, ...TEST_TABLES])
      writeFileSync(join(trialFolder, name), `${name} of ${chain} ${history.length}`);
    const best = findBestEpoch(history.slice(inherited), metric, goal);
    const { train, validation } = history.at(-1) ?? {};
    return {
      status: "completed",
      bestEpoch: best,
      train,
      validation,
      test: measure(chain, "test"),
      ...measures,
    };
  }

  #begin(spec: string, from: string | undefined, own: boolean) {
    const before: { history: EpochReport[]; inherited: number; chain: string } =
      from === undefined ? { history: [], inherited: 0, chain: "" } : JSON.parse(from);
    if (own) return before;
    return {
      history: before.history,
      inherited: before.history.length,
      chain: `${hashOf(before.chain, spec)}`,
    };
  }

  async end(): Promise<void> {}
}

function hashOf(...parts: readonly string[]): number {
  return createHash("sha256").update(parts.join("\n")).digest().readUInt32LE();
}

function measure(...parts: readonly string[]): { loss: number; accuracy: number } {
  const accuracy = (hashOf(...parts) % 101) / 101;
  return { loss: 1 - accuracy, accuracy };
}

/** The parts of an experiment that the tests vary. */
interface Sweep {
  readonly sampler: string;
  readonly parameters: string;
  readonly repeats?: number;
  readonly epochs?: number;
  readonly more?: string;
}

function textOf({ sampler, parameters, repeats = 1, epochs = 4, more = "" }: Sweep): string {
  return `
name: toy
repeats: ${repeats}
dataset: { type: mnist, validation: 10000 }
model: { layers: [{ type: flatten }, { type: dense, units: 10 }] }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: ${epochs}, batchSize: 100 }
sweep:
  sampler: ${sampler}
  parameters: ${parameters}
  ${more}
`;
}

const RANGE = "{ optimizer.learningRate: { type: float, min: 0.001, max: 1, scale: log } }";
const list = (...values: number[]): string => `{ optimizer.learningRate: [${values.join(", ")}] }`;

class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "nn-reuse-"));

  constructor() {
    onTestFinished(() => rmSync(this.path, { recursive: true, force: true }));
  }

  /** Trains a sweep as the command does. */
  async train(sweep: Sweep, { isFresh = false } = {}) {
    const file = join(this.path, "spec.yaml");
    writeFileSync(file, textOf(sweep));
    const loaded = await loadExperimentPlan(file);
    const { experiment, next, fingerprintTrial } = loaded;
    const { fingerprint } = experiment;
    const directory = this.#open(loaded);
    try {
      for (const each of DATA) directory.recordData(each);
      const earlier = EarlierTrials.in({ folder: join(this.path, "toy"), fingerprint, data: DATA });
      const reuse = { experiment, next, fingerprintTrial, earlier };
      const plan = isFresh ? undefined : planReuse(reuse, directory.records, directory.sweepEnd);
      const taken = plan && (await reuseTrials(plan, directory, DATA));
      const pretender = new FakeExecutor();
      const run = {
        experiment,
        next,
        fingerprintTrial,
        directory,
        data: DATA,
        dataFolder: this.path,
        customFiles: new Map(),
        experimentFolder: this.path,
        threads: 1,
        executors: [isFresh ? pretender : new ReusingExecutor(pretender, reuse, directory)],
        checkpointSeconds: 30,
        maxFailures: 5,
        signal: new AbortController().signal,
      };
      await runPendingTrials(run, silentObserver);
      recordSweepEnd(
        createSweepScheduler({ experiment, next, directory }, () => {}),
        directory,
      );
      directory.writeTables();
      return { taken, trained: pretender.trained, files: filesOf(directory), records: directory.records };
    } finally {
      directory.close();
    }
  }

  #open({ experiment }: LoadedExperiment): RunDirectory {
    const { fingerprint, name, sweptPaths, continuesNetworks: withParents } = experiment;
    const files = { "experiment.yaml": "", "environment.json": "{}" };
    return openRunDirectory({
      folder: join(this.path, "toy"),
      fingerprint,
      name,
      sweptPaths,
      withParents,
      files,
    });
  }
}

/** Returns all files whose bytes must be reproducible. */
function filesOf({ path }: RunDirectory): Record<string, string> {
  const names = readdirSync(path, { recursive: true, encoding: "utf8" });
  const promised = names.filter((name) => /^(results|epochs)\.csv$|^trials\/\d+\/\w/.test(name));
  return Object.fromEntries(promised.sort().map((name) => [name, readFileSync(join(path, name), "utf8")]));
}

/**
 * Trains the sweeps one after the other. The files of the last one must be the same as in a folder without
 * earlier runs.
 */
async function grow(sweeps: readonly Sweep[]) {
  const folder = new Folder();
  let last: Awaited<ReturnType<Folder["train"]>> | undefined;
  for (const sweep of sweeps) last = await folder.train(sweep);
  const alone = await new Folder().train(sweeps.at(-1)!, { isFresh: true });
  expect(last!.files).toEqual(alone.files);
  return { ...last!, alone: alone.trained };
}

beforeAll(async () => {
  // The first load imports the packages of the catalogs.
  const folder = mkdtempSync(join(tmpdir(), "nn-reuse-"));
  writeFileSync(join(folder, "spec.yaml"), textOf({ sampler: "{ type: grid }", parameters: list(0.1, 0.2) }));
  await loadExperimentPlan(join(folder, "spec.yaml")).finally(() => rmSync(folder, { recursive: true }));
});

const grid = "{ type: grid }";
const random = (trials: number): string => `{ type: random, trials: ${trials} }`;
const pruner = (type: string): string => `pruner: { type: ${type} }`;

test.for<[string, Sweep, Sweep, trained: number]>([
  ["more trials", { sampler: random(3), parameters: RANGE }, { sampler: random(5), parameters: RANGE }, 2],
  ["fewer trials", { sampler: random(5), parameters: RANGE }, { sampler: random(3), parameters: RANGE }, 0],
  [
    "more repeats",
    { sampler: grid, parameters: list(0.1, 0.2) },
    { sampler: grid, parameters: list(0.1, 0.2), repeats: 2 },
    2,
  ],
  [
    "fewer repeats",
    { sampler: grid, parameters: list(0.1, 0.2), repeats: 3 },
    { sampler: grid, parameters: list(0.1, 0.2) },
    0,
  ],
  [
    "a value in the middle",
    { sampler: grid, parameters: list(0.1, 0.3) },
    { sampler: grid, parameters: list(0.1, 0.2, 0.3) },
    1,
  ],
  [
    "a value less",
    { sampler: grid, parameters: list(0.1, 0.2, 0.3) },
    { sampler: grid, parameters: list(0.1, 0.3) },
    0,
  ],
  [
    "the values in another order",
    { sampler: grid, parameters: list(0.1, 0.2) },
    { sampler: grid, parameters: list(0.2, 0.1) },
    0,
  ],
  [
    "another sampler that comes to the same values",
    { sampler: grid, parameters: list(0.1, 0.2) },
    { sampler: random(4), parameters: list(0.1, 0.2) },
    0,
  ],
  [
    "another goal, by which another epoch is the best",
    { sampler: grid, parameters: list(0.1, 0.2) },
    { sampler: grid, parameters: list(0.1, 0.2), more: "metric: validation.loss" },
    0,
  ],
  [
    "a sampler that learns, with more generations",
    { sampler: "{ type: tpe, trials: 6, startup: 2, generation: 2 }", parameters: RANGE },
    { sampler: "{ type: tpe, trials: 8, startup: 2, generation: 2 }", parameters: RANGE },
    2,
  ],
  [
    "a budget that ends it earlier",
    { sampler: random(6), parameters: RANGE },
    { sampler: random(6), parameters: RANGE, more: "budget: { epochs: 9 }" },
    0,
  ],
  [
    "parts of the trainings of a population",
    { sampler: "{ type: pbt, population: 3, interval: 2 }", parameters: RANGE, epochs: 6 },
    {
      sampler: "{ type: pbt, population: 3, interval: 2 }",
      parameters: RANGE,
      epochs: 6,
      more: "budget: { trials: 5 }",
    },
    0,
  ],
  [
    "a pruner, with more trials after those that it stopped",
    { sampler: random(6), parameters: RANGE, more: pruner("median, startup: 1") },
    { sampler: random(8), parameters: RANGE, more: pruner("median, startup: 1") },
    2,
  ],
])(
  "%s: identical trials are not trained again, and the bytes are those of a run without earlier runs",
  async ([, before, after, max]) => {
    const { taken, trained, records } = await grow([before, after]);
    expect(taken!.trials.length).toBeGreaterThanOrEqual(1);
    expect(taken!.trials.length).toBe(records.size - Math.min(max, records.size));
    expect(taken!.runs).toHaveLength(1);
    expect(trained).toBeLessThanOrEqual(max * 6);
    expect(trained > 0).toBe(max > 0);
  },
);

test("trials can be reused from several runs", async () => {
  const { taken, trained } = await grow([
    { sampler: grid, parameters: list(0.1, 0.2) },
    { sampler: grid, parameters: list(0.3, 0.4) },
    { sampler: grid, parameters: list(0.2, 0.3) },
  ]);
  expect(trained).toBe(0);
  expect(taken!.runs).toHaveLength(2);
});

test("if a pruner lets a trial continue, its earlier epochs are not trained again", async () => {
  const halving = pruner("successive-halving, eta: 2");
  const first = { sampler: random(4), parameters: RANGE, epochs: 8, more: halving };
  const { trained, alone } = await grow([first, { ...first, sampler: random(8) }]);
  const before = await new Folder().train(first, { isFresh: true });
  expect(trained).toBeLessThanOrEqual(alone - before.trained + 8);
});

test("a trial that early stopping ended, and whose end a killed run did not record, is not paused", async () => {
  const folder = new Folder();
  const file = join(folder.path, "spec.yaml");
  writeFileSync(file, textOf({ sampler: grid, parameters: list(0.1, 0.2), epochs: 9 }));
  const { experiment, next } = await loadExperimentPlan(file);
  const [first] = experiment.trials;
  const earlyStopping = { metric: "accuracy", patience: 1, minDelta: 0 } as const;
  const { spec } = first!;
  const trial = { ...first!, spec: { ...spec, training: { ...spec.training, earlyStopping } } };
  const fingerprint = { training: "same", planned: 9 };
  const history = [0.2, 0.3, 0.1].map((accuracy, before) => {
    const measured = { loss: 1, accuracy };
    return { epoch: before + 1, train: measured, validation: measured, seconds: 1, imagesPerSecond: 1 };
  });
  const base = { trial: 1, status: "running", seed: 1, parameters: {}, worker: 1, epochs: 3 } as const;
  const record = { ...base, ...fingerprint, history };
  const earlier = new EarlierTrials([{ run: "a", path: folder.path, folder: folder.path, record }]);
  const reuse = { experiment, next, fingerprintTrial: () => fingerprint, earlier };
  expect(findEarlierSegment(reuse, { trial, until: 2 }, new Map())).toMatchObject({ end: undefined });
  expect(findEarlierSegment(reuse, { trial, until: 3 }, new Map())).toBeUndefined();
});

test.for<[string, Sweep]>([
  ["another number of epochs", { sampler: grid, parameters: list(0.1, 0.2), epochs: 5 }],
  ["other values", { sampler: grid, parameters: list(0.3, 0.4) }],
  [
    "another parameter beside it",
    { sampler: grid, parameters: "{ optimizer.momentum: [0.5], optimizer.learningRate: [0.1] }" },
  ],
])("%s: no trial is reused", async ([, after]) => {
  const { taken, trained, alone } = await grow([{ sampler: grid, parameters: list(0.1, 0.2) }, after]);
  expect(taken!.trials).toEqual([]);
  expect(trained).toBe(alone);
});

const anySweep: fc.Arbitrary<Sweep> = fc.oneof(
  fc.record({
    sampler: fc.constant(grid),
    parameters: fc.subarray([0.1, 0.2, 0.3, 0.4], { minLength: 2 }).map((values) => list(...values)),
    repeats: fc.integer({ min: 1, max: 2 }),
    more: fc.constantFrom(
      "",
      "metric: validation.loss",
      pruner("hyperband, eta: 2"),
      "budget: { target: 0.8 }",
    ),
  }),
  fc.record({
    sampler: fc.oneof(
      fc.integer({ min: 2, max: 7 }).map(random),
      fc
        .integer({ min: 3, max: 7 })
        .map((trials) => `{ type: tpe, trials: ${trials}, startup: 2, generation: 2 }`),
    ),
    parameters: fc.constantFrom(RANGE, list(0.1, 0.2, 0.3)),
    repeats: fc.integer({ min: 1, max: 2 }),
    more: fc.constantFrom(
      "",
      pruner("hyperband, eta: 2"),
      pruner("successive-halving, eta: 2"),
      "budget: { epochs: 12 }",
    ),
  }),
  fc.record({
    sampler: fc.constant("{ type: pbt, population: 3, interval: 2 }"),
    parameters: fc.constant(RANGE),
    more: fc.constantFrom("", "budget: { trials: 4 }"),
  }),
);

test("earlier runs change no byte of a run, and never make it train more epochs", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anySweep, { minLength: 2, maxLength: 4 }), async (sweeps) => {
      const { trained, alone } = await grow(sweeps);
      expect(trained).toBeLessThanOrEqual(alone);
    }),
    { numRuns: 10 },
  );
});
