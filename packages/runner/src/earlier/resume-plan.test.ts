import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { builtInCatalogs, type Experiment } from "@nn/experiment";
import { createSweepExperiment } from "@nn/experiment/testing/toy-experiment";
import { planModel } from "@nn/layers";
import type { TrialRecord } from "@nn/results";
import { CHECKPOINT_FILE, type TrialSpec } from "@nn/training";
import { toySpec } from "@nn/training/testing/toy-training";
import { expect, onTestFinished, test } from "vitest";

import { EarlierTrials, type EarlierTrial } from "./earlier-trials.ts";
import { planResume } from "./resume-plan.ts";

const info = { exampleShape: [2, 2, 1], classes: 3, trainingCount: 100, testCount: 10 };

/** A trial of an earlier run. Trial n of an experiment is the same training if `of` is n. */
interface Earlier {
  readonly of: number;
  readonly planned: number;
  readonly status?: TrialRecord["status"];
  /** Default: it has a checkpoint. */
  readonly hasCheckpoint?: boolean;
}

interface Changes {
  readonly experiment?: Partial<Experiment>;
  readonly spec?: Partial<TrialSpec>;
  readonly records?: readonly (Pick<TrialRecord, "trial" | "status"> & { readonly epochs?: number })[];
  readonly catalogs?: Parameters<typeof planResume>[0]["catalogs"];
}

function recordOf(trial: number, status: TrialRecord["status"], epochs = 0): TrialRecord {
  const history = Array.from({ length: epochs }, (_, index) => ({
    epoch: index + 1,
    train: { loss: 1, accuracy: 0 },
    seconds: 1,
    imagesPerSecond: 1,
  }));
  return { trial, status, seed: 1, parameters: {}, worker: 1, history, epochs };
}

/**
 * Plans how three trials of twelve epochs resume from these earlier trials. In the result, a path of a
 * checkpoint is the index of the earlier trial.
 */
function plan(earlier: readonly Earlier[], { spec, experiment, records = [], catalogs }: Changes = {}) {
  const root = mkdtempSync(join(tmpdir(), "nn-resume-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const trials = earlier.map(({ of, planned, status = "completed", hasCheckpoint = true }, index) => {
    const folder = join(root, `${index}`);
    mkdirSync(folder);
    if (hasCheckpoint) writeFileSync(join(folder, CHECKPOINT_FILE), "");
    const record = { ...recordOf(of, status), training: `t${of}`, planned };
    return { run: "aaaaaaaaaaaa", path: root, folder, record } satisfies EarlierTrial;
  });
  const sweep = createSweepExperiment([1, 2, 3]);
  const own = { ...toySpec, ...spec };
  const planned = planResume(
    {
      experiment: {
        ...sweep,
        trials: sweep.trials.map((trial) => Object.assign({}, trial, { spec: own })),
        ...experiment,
      },
      fingerprintTrial: ({ number }) => ({ training: `t${number}`, planned: 12 }),
      forecastInputOf: () => ({ plan: planModel([], info.exampleShape), info }),
      earlier: new EarlierTrials(trials),
      catalogs,
    },
    new Map(records.map(({ trial, status, epochs }) => [trial, recordOf(trial, status, epochs)])),
  );
  if (planned === undefined) return undefined;
  const checkpoints: Record<number, number> = {};
  for (const [trial, path] of planned.checkpoints)
    checkpoints[trial] = trials.findIndex(({ folder }) => path === join(folder, CHECKPOINT_FILE));
  return { ...planned, checkpoints };
}

test("without earlier trials, there is no plan", () => {
  expect(plan([])).toBeUndefined();
  expect(plan([{ of: 9, planned: 4 }])).toBeUndefined();
});

test("a trial resumes where the same trial was stopped, or from the longest shorter trial", () => {
  const earlier: Earlier[] = [
    { of: 1, planned: 12, status: "running" },
    { of: 1, planned: 4 },
    { of: 2, planned: 6 },
    { of: 2, planned: 8 },
    { of: 3, planned: 5 },
  ];
  expect(plan(earlier)).toEqual({
    checkpoints: { 1: 0, 2: 3, 3: 4 },
    epochs: [5, 8],
    longer: 2,
    stopped: 1,
    obstacles: [],
  });
});

test("the numbers of epochs are distinct, and sorted as numbers", () => {
  const longer = [
    { of: 1, planned: 10 },
    { of: 2, planned: 8 },
    { of: 3, planned: 10 },
  ];
  expect(plan(longer)?.epochs).toEqual([8, 10]);
});

test("an earlier trial without a checkpoint is skipped", () => {
  const lost = { hasCheckpoint: false };
  expect(
    plan([
      { of: 1, planned: 8, ...lost },
      { of: 1, planned: 6 },
    ]),
  ).toMatchObject({
    checkpoints: { 1: 1 },
    epochs: [6],
    obstacles: [],
  });
  expect(
    plan([
      { of: 1, planned: 12, status: "running", ...lost },
      { of: 1, planned: 6 },
    ]),
  ).toMatchObject({
    checkpoints: { 1: 1 },
    longer: 1,
    stopped: 0,
  });
});

test("if no shorter trial has a checkpoint, this is the obstacle", () => {
  const earlier = [
    { of: 1, planned: 6, hasCheckpoint: false },
    { of: 1, planned: 8, hasCheckpoint: false },
    { of: 2, planned: 8, hasCheckpoint: false },
  ];
  expect(plan(earlier)).toEqual({
    checkpoints: {},
    epochs: [8],
    longer: 0,
    stopped: 0,
    obstacles: ["its checkpoint was not kept (keep.checkpoints)"],
  });
});

test.each<[TrialRecord["status"], number, boolean]>([
  ["running", 0, true],
  ["failed", 0, true],
  ["running", 1, false],
  ["failed", 1, false],
  ["completed", 0, false],
  ["diverged", 0, false],
  ["pruned", 0, false],
])("a trial that is %s after %i recorded epochs resumes: %s", (status, epochs, resumes) => {
  const planned = plan([{ of: 1, planned: 8 }], { records: [{ trial: 1, status, epochs }] });
  expect(planned?.checkpoints).toEqual(resumes ? { 1: 0 } : undefined);
});

test("with a pruner, no trial resumes, and a shorter one is an obstacle", () => {
  const experiment = { pruner: { type: "median" } };
  expect(plan([{ of: 1, planned: 12, status: "running" }], { experiment })).toBeUndefined();
  expect(plan([{ of: 1, planned: 8 }], { experiment })).toEqual({
    checkpoints: {},
    epochs: [8],
    longer: 0,
    stopped: 0,
    obstacles: ["the pruner median may decide differently with another number of epochs"],
  });
});

test("after a generation whose results change with the epochs, trials start over, but stopped ones resume", () => {
  const experiment = { generations: [3, 3] };
  const earlier: Earlier[] = [
    { of: 1, planned: 8 },
    { of: 2, planned: 12, status: "running" },
  ];
  expect(plan(earlier, { experiment })).toMatchObject({
    checkpoints: { 2: 1 },
    longer: 0,
    stopped: 1,
    obstacles: ["the sampler's proposals depend on the results of complete training runs"],
  });
});

test("a schedule that depends on the number of epochs is an obstacle", () => {
  const shorter = [
    { of: 1, planned: 8 },
    { of: 2, planned: 8 },
  ];
  const obstacles = ["the schedule cosine depends on the number of epochs"];
  expect(plan(shorter, { spec: { schedule: { type: "cosine" } } })?.obstacles).toEqual(obstacles);
  const restarts = { schedule: { type: "cosine", restartEvery: 2 } };
  expect(plan(shorter, { spec: restarts })).toMatchObject({ longer: 2, obstacles: [] });
  const custom = { schedule: { type: "./custom.ts" } };
  expect(plan(shorter, { spec: custom })?.obstacles).toEqual([
    "the schedule ./custom.ts depends on the number of epochs",
  ]);
  const constant = builtInCatalogs.schedules.get("constant")!;
  const catalogs = { schedules: new Map([["./custom.ts", constant]]) };
  expect(plan(shorter, { spec: custom, catalogs })?.obstacles).toEqual([]);
});

test.each<[warmup: unknown, changes: Partial<TrialSpec>, isWarm: boolean]>([
  [undefined, {}, true],
  // 100 images in batches of 10: ten steps per epoch, and 80 steps in eight epochs.
  [{ epochs: 8, steps: 0 }, {}, true],
  [{ epochs: 8, steps: 1 }, {}, false],
  [{ epochs: 0, steps: 80 }, {}, true],
  [{ epochs: 0, steps: 81 }, {}, false],
  [{ epochs: 1.5, steps: 65 }, {}, true],
  [{ epochs: 1.5, steps: 66 }, {}, false],
  // Half a step is rounded up.
  [{ epochs: 0.05, steps: 79 }, {}, true],
  [{ epochs: 0.05, steps: 80 }, {}, false],
  // 50 images are held out for validation.
  [{ epochs: 0, steps: 41 }, { dataset: { ...toySpec.dataset, validation: 50 } }, false],
  [{ epochs: 0, steps: 40 }, { dataset: { ...toySpec.dataset, validation: 50 } }, true],
  [{ epochs: 0, steps: 80 }, { dataset: { ...toySpec.dataset, validation: "test" } }, true],
])(
  "a shorter trial of eight epochs, with the warm-up %j and %j, has ended it: %s",
  (warmup, changes, isWarm) => {
    const training = { ...toySpec.training, batchSize: 10 };
    const schedule = { type: "constant", warmup };
    const planned = plan([{ of: 1, planned: 8 }], { spec: { training, schedule, ...changes } });
    expect(planned?.obstacles).toEqual(isWarm ? [] : ["the earlier run ended during its warm-up"]);
    expect(planned?.checkpoints).toEqual(isWarm ? { 1: 0 } : {});
  },
);
