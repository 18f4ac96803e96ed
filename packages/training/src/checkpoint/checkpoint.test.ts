import { readFileSync, truncateSync, writeFileSync } from "node:fs";

import { layers, optimizers, schedules } from "@nn/layers";
import { readSafetensors, writeSafetensors } from "@nn/results";
import fc from "fast-check";
import { expect, test } from "vitest";

import { createPartSpec } from "../testing/part-spec.ts";
import { ResumableTrials, type TrainingAttempt } from "../testing/resumed-training.ts";
import { toySpec } from "../testing/toy-training.ts";
import type { PartSpec, TrainingSpec, TrialSpec } from "../trial-spec.ts";
import { weightAverages } from "../step/weight-averages.ts";
import { stringifyExact } from "./exact-json.ts";
import { encodeWithChecksum } from "./safetensors-checksum.ts";

const optimizerChoices = [
  ...[...optimizers.keys()].map((type) => createPartSpec(optimizers, type)),
  createPartSpec(optimizers, "sgd", { learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  createPartSpec(optimizers, "rmsprop", { momentum: 0.5, centered: true }),
  createPartSpec(optimizers, "adagrad", { learningRateDecay: 0.1, initialAccumulator: 0.1 }),
];

const scheduleOptions: Record<string, Record<string, unknown>> = {
  cosine: { restartEvery: 1, restartMultiply: 2 },
  exponential: { gamma: 0.8 },
  "multi-step": { milestones: [2], gamma: 0.5 },
  step: { stepSize: 1, gamma: 0.5 },
  "reduce-on-plateau": { patience: 0, gamma: 0.5, threshold: 0.3, cooldown: 1 },
};
const scheduleChoices = [...schedules.keys()].flatMap((type) => [
  createPartSpec(schedules, type, scheduleOptions[type]),
  createPartSpec(schedules, type, { ...scheduleOptions[type], warmup: { epochs: 1, steps: 2, from: 0.1 } }),
]);

const dense = (units: number) => createPartSpec(layers, "dense", { units });
const model: TrialSpec["model"] = {
  initializer: toySpec.model.initializer,
  layers: [
    createPartSpec(layers, "flatten"),
    dense(6),
    createPartSpec(layers, "batch-norm"),
    createPartSpec(layers, "relu"),
    createPartSpec(layers, "dropout", { rate: 0.2 }),
    dense(3),
  ],
};

const augment: PartSpec[] = [
  { type: "shift", pixels: 1, fill: 0 },
  { type: "noise", deviation: 0.1 },
  { type: "mixup", alpha: 0.4 },
  { type: "cutmix", alpha: 1 },
];

const training: fc.Arbitrary<TrainingSpec> = fc.record(
  {
    epochs: fc.integer({ min: 1, max: 5 }),
    batchSize: fc.constantFrom(7, 10, 40),
    shuffle: fc.boolean(),
    accumulate: fc.integer({ min: 1, max: 4 }),
    clipNorm: fc.constant(0.5),
    decayBias: fc.boolean(),
    lookahead: fc.record({ steps: fc.integer({ min: 1, max: 4 }), alpha: fc.constant(0.5) }),
    average: fc.constantFrom(
      createPartSpec(weightAverages, "ema", { decay: 0.9 }),
      createPartSpec(weightAverages, "swa", { from: 1 }),
    ),
    earlyStopping: fc.record({
      metric: fc.constantFrom("loss", "accuracy"),
      patience: fc.integer({ min: 1, max: 2 }),
      minDelta: fc.constantFrom(0, 0.05),
    }),
  },
  { requiredKeys: ["epochs", "batchSize", "shuffle"] },
);

const trialSpec: fc.Arbitrary<TrialSpec> = fc.record({
  dataset: fc.constant(toySpec.dataset),
  model: fc.constant(model),
  loss: fc.constant(toySpec.loss),
  optimizer: fc.constantFrom(...optimizerChoices),
  schedule: fc.constantFrom(...scheduleChoices),
  training,
  augment: fc.subarray(augment),
});

/**
 * Trains to the end. The process is killed after each of these numbers of checkpoints and resumes from the
 * disk.
 */
async function trainKilled(
  trials: ResumableTrials,
  spec: TrialSpec,
  kills: readonly number[],
): Promise<TrainingAttempt[]> {
  const shares: TrainingAttempt[] = [];
  for (const killedAfter of [...kills, Infinity]) {
    const recorded = recordOf(shares).at(-1)?.epoch ?? 0;
    const share = await trials.train("killed", spec, { killedAfter, recorded });
    shares.push(share);
    if (share.training !== undefined) break;
  }
  return shares;
}

/** Returns the epochs of all shares, as in a journal: epochs after the point of a resumption are dropped. */
function recordOf(shares: readonly TrainingAttempt[]) {
  let record: TrainingAttempt["epochs"] = [];
  for (const { resumed, epochs } of shares) {
    record = [...record.filter(({ epoch }) => epoch <= (resumed?.epoch ?? 0)), ...epochs];
  }
  return record;
}

async function expectSameBytes(spec: TrialSpec, kills: readonly number[]): Promise<void> {
  const trials = new ResumableTrials();
  try {
    const whole = await trials.train("whole", spec);
    const shares = await trainKilled(trials, spec, kills);
    const last = shares.at(-1);
    expect(last?.notices).toEqual([]);
    expect(last?.training).toEqual(whole.training);
    expect(recordOf(shares)).toEqual(whole.epochs);
    expect(last?.weights).toEqual(whole.weights);
    expect(trials.checkpointBytes("killed")).toBe(trials.checkpointBytes("whole"));
  } finally {
    trials.remove();
  }
}

test("a training run that is killed after any step resumes and ends with the same bytes", async () => {
  const kills = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 });
  await fc.assert(fc.asyncProperty(trialSpec, kills, expectSameBytes), { numRuns: 40 });
}, 60_000);

test.each(optimizerChoices)("resumes with the same bytes: optimizer $type", async (optimizer) => {
  await expectSameBytes({ ...toySpec, model, optimizer }, [4, 5]);
});

test.each(scheduleChoices)("resumes with the same bytes: schedule $type", async (schedule) => {
  const changes = { schedule, training: { ...toySpec.training, epochs: 5 } };
  await expectSameBytes({ ...toySpec, model, ...changes }, [11, 9]);
});

test("a training run that is paused after each epoch and resumed ends with the same bytes", async () => {
  await fc.assert(
    fc.asyncProperty(trialSpec, async (spec) => {
      const trials = new ResumableTrials();
      try {
        const whole = await trials.train("whole", spec);
        const parts: TrainingAttempt[] = [];
        for (let until = 1; until <= spec.training.epochs; until++) {
          const part = await trials.train("parts", spec, {
            until,
            recorded: until - 1,
            checkpointSeconds: 1,
          });
          parts.push(part);
          if (part.training?.status !== "paused") break;
          expect(part.training.epochs).toHaveLength(until);
          expect(part.written).toEqual([`${until}+0`]);
        }
        expect(parts.at(-1)?.training).toEqual(whole.training);
        expect(parts.flatMap(({ epochs }) => epochs)).toEqual(whole.epochs);
        expect(parts.at(-1)?.weights).toEqual(whole.weights);
        expect(trials.checkpointBytes("parts")).toBe(trials.checkpointBytes("whole"));
      } finally {
        trials.remove();
      }
    }),
    { numRuns: 20 },
  );
}, 60_000);

test("a completed trial is not trained again, and one already paused there stays paused", async () => {
  const trials = ResumableTrials.forTest();
  const whole = await trials.train("trial", toySpec, { recorded: 0 });
  const again = await trials.train("trial", toySpec, { recorded: 3 });
  expect(again).toMatchObject({ resumed: { epoch: 3, seen: 0 }, epochs: [], training: whole.training });
  expect(again.weights).toEqual(whole.weights);

  await trials.train("paused", toySpec, { until: 2 });
  const still = await trials.train("paused", toySpec, { until: 1, recorded: 2 });
  expect(still).toMatchObject({ epochs: [], training: { status: "paused" } });
});

test("epochs of the checkpoint that are not recorded are reported again", async () => {
  const trials = ResumableTrials.forTest();
  const { epochs } = await trials.train("trial", toySpec, { until: 2 });
  const next = await trials.train("trial", toySpec, { until: 2, recorded: 1 });
  expect(next.epochs).toEqual(epochs.slice(1));
});

test("a longer training run continues from the end of a shorter one", async () => {
  const trials = ResumableTrials.forTest();
  const training = { ...toySpec.training, average: createPartSpec(weightAverages, "ema", { decay: 0.9 }) };
  await trials.train("longer", { training: { ...training, epochs: 2 } });
  const longer = await trials.train("longer", { training: { ...training, epochs: 5 } });
  const whole = await trials.train("whole", { training: { ...training, epochs: 5 } });
  expect(longer.resumed).toEqual({ epoch: 2, seen: 0 });
  expect(longer.weights).toEqual(whole.weights);
});

test("a trial started from another has its weights and epochs, and its own hyperparameters and seed", async () => {
  const trials = ResumableTrials.forTest();
  const momentum = { ...toySpec.optimizer, momentum: 0.9 };
  await trials.train("first", { model, optimizer: momentum }, { until: 2 });
  const startFrom = trials.checkpoint("first");
  const changes = { model, optimizer: { ...momentum, learningRate: 0.1 } };
  const second = await trials.train("second", changes, { startFrom, seed: 2 });
  expect(second.resumed).toEqual({ epoch: 2, seen: 0 });
  expect(second.epochs.map(({ epoch }) => epoch)).toEqual([3]);

  const other = await trials.train("other", { model, optimizer: momentum }, { startFrom });
  await trials.train("killed", changes, { startFrom, seed: 2, killedAfter: 3 });
  await trials.train("begun", changes, { startFrom, seed: 2, killedAfter: 1 });

  // With the same hyperparameters and seed, it continues the first trial.
  const first = await trials.train("first", { model, optimizer: momentum });
  expect(other.weights).toEqual(first.weights);
  expect(second.weights).not.toEqual(first.weights);

  // It has its own checkpoint before its first step, so it can be killed while the other trial continues.
  const begun = await trials.train("begun", changes, { startFrom, seed: 2 });
  expect(begun.resumed).toEqual({ epoch: 2, seen: 0 });
  expect(begun.epochs).toEqual(second.epochs);
  expect(begun.weights).toEqual(second.weights);
  const again = await trials.train("killed", changes, { startFrom, seed: 2 });
  expect(again.resumed).toEqual({ epoch: 2, seen: 14 });
  expect(again.epochs).toEqual(second.epochs);
  expect(again.weights).toEqual(second.weights);
});

test("state that the other trial does not have starts with its initial values", async () => {
  const trials = ResumableTrials.forTest();
  await trials.train("first", {}, { until: 1 });
  const changes = {
    optimizer: createPartSpec(optimizers, "adam"),
    training: { ...toySpec.training, batchSize: 10, lookahead: { steps: 2, alpha: 0.5 } },
  };
  const second = await trials.train("second", changes, { startFrom: trials.checkpoint("first") });
  expect(second.epochs.map(({ epoch }) => epoch)).toEqual([2, 3]);
});

test("in a trial started from another, early stopping counts and restores only the trial's own epochs", async () => {
  const trials = ResumableTrials.forTest();
  const earlyStopping = { metric: "loss", patience: 2, minDelta: 0 } as const;
  const training = { ...toySpec.training, epochs: 12, earlyStopping };
  // Steps so large that the validation loss increases: the first trial stops long before its last epoch.
  const wild = { training, optimizer: { ...toySpec.optimizer, learningRate: 30 } };
  const first = await trials.train("first", wild);
  const stopped = first.training!.epochs.length;
  expect(stopped).toBeLessThan(9);
  const changes = { ...wild, optimizer: { ...toySpec.optimizer, learningRate: 20 } };
  const startFrom = trials.checkpoint("first");
  const second = await trials.train("second", changes, { startFrom });
  const of = second.training!;
  expect(second.epochs.length).toBeGreaterThanOrEqual(2);
  if (of.status !== "completed" || of.restored === undefined) throw new Error("it has taken no epoch back");
  const own = of.epochs.slice(stopped).map(({ validation }) => validation!.loss);
  expect(of.restored - 1 - stopped).toBe(own.indexOf(Math.min(...own)));
  expect(of.epochs.length).toBe(Math.min(of.restored + 2, 12));

  // After a kill, early stopping does not start over again.
  await trials.train("killed", changes, { startFrom, killedAfter: 9 });
  const again = await trials.train("killed", changes, { startFrom });
  expect(again.training).toEqual(of);
  expect(again.weights).toEqual(second.weights);
});

test.for<[string, (path: string) => void, RegExp]>([
  ["torn", (path) => truncateSync(path, 700), /not an intact safetensors file/],
  ["empty", (path) => writeFileSync(path, ""), /not an intact safetensors file/],
  [
    "of another version",
    (path) => {
      const { tensors, metadata } = readSafetensors(path);
      writeFileSync(path, encodeWithChecksum(tensors, { ...metadata, format: "1" }));
    },
    /expected format 3, got 1: another version wrote it/,
  ],
  [
    "without its progress",
    (path) => {
      const { tensors, metadata } = readSafetensors(path);
      writeFileSync(path, encodeWithChecksum(tensors, { ...metadata, progress: '{"epochs":[{"epoch":2}]}' }));
    },
    /its progress is not that of a training/,
  ],
  [
    "without its numbers",
    (path) => {
      const { tensors, metadata } = readSafetensors(path);
      const progress = '{"epochs":[],"inherited":0,"numbers":{}}';
      writeFileSync(path, encodeWithChecksum(tensors, { ...metadata, progress }));
    },
    /the state of its \w+ does not match|it is in the middle of epoch 1/,
  ],
  [
    "without its sum",
    (path) => {
      const { tensors, metadata } = readSafetensors(path);
      const { sha256: _sum, ...others } = metadata;
      writeSafetensors(path, tensors, others);
    },
    /its checksum is wrong, so it is damaged/,
  ],
  [
    "without a tensor",
    (path) => {
      const { tensors, metadata } = readSafetensors(path);
      writeFileSync(path, encodeWithChecksum([...tensors].slice(1), metadata));
    },
    /expected tensor model\.layers\.1\.bias of shape \(6\), got none/,
  ],
])(
  "a checkpoint that is %s is not used: the trial starts over and reports it",
  async ([, damage, reason]) => {
    const trials = ResumableTrials.forTest();
    const whole = await trials.train("trial", toySpec);
    damage(trials.checkpoint("trial"));
    const damaged = readFileSync(trials.checkpoint("trial"));
    const again = await trials.train("trial", toySpec);
    expect(again.resumed).toBeUndefined();
    expect(again.notices).toEqual([
      expect.stringMatching(/^trial 1 starts over: its checkpoint cannot be resumed/),
    ]);
    expect(again.notices[0]).toMatch(reason);
    expect(again.weights).toEqual(whole.weights);

    writeFileSync(trials.checkpoint("trial"), damaged);
    const startFrom = trials.checkpoint("trial");
    await expect(trials.train("other", toySpec, { startFrom })).rejects.toThrow(reason);
  },
);

test("a trial does not resume from a checkpoint of another training run in its folder", async () => {
  const trials = ResumableTrials.forTest();
  await trials.train("trial", toySpec);
  const { notices, resumed } = await trials.train("trial", { optimizer: createPartSpec(optimizers, "adam") });
  expect(resumed).toBeUndefined();
  expect(notices[0]).toContain("it is of another training");
  const { notices: ofSeed } = await trials.train("trial", toySpec, { seed: 2 });
  expect(ofSeed[0]).toContain("it is of another training");
});

test("a trial cannot start from other shapes, from the middle of an epoch, or from a missing checkpoint", async () => {
  const trials = ResumableTrials.forTest();
  await trials.train("first", { model }, { until: 1 });
  const start = (startFrom: string) => trials.train("second", toySpec, { startFrom });
  await expect(start(trials.checkpoint("first"))).rejects.toThrow(
    /^the checkpoint .*checkpoint\.safetensors cannot be started from: expected tensor model\.layers\./,
  );
  await trials.train("middle", toySpec, { killedAfter: 2 });
  await expect(start(trials.checkpoint("middle"))).rejects.toThrow("it is in the middle of epoch 1");
  await expect(start(trials.checkpoint("none"))).rejects.toThrow(/Cannot read .*checkpoint\.safetensors/);
});

test.for<[what: string, change: (progress: Record<string, unknown>) => unknown]>([
  ["is a list", () => []],
  ["has no inherited epochs", ({ inherited: _inherited, ...others }) => others],
  ["has epochs that are no list", (progress) => ({ ...progress, epochs: {} })],
  [
    "begins with the second epoch",
    ({ epochs, ...others }) => ({ ...others, epochs: [epochs].flat().slice(1) }),
  ],
  ["has no numbers", ({ numbers: _numbers, ...others }) => others],
  ["has a number where an object is expected", (progress) => ({ ...progress, numbers: { meter: [1] } })],
  ["has an object where a list is expected", (progress) => ({ ...progress, numbers: { meter: {} } })],
])("a checkpoint whose progress %s is not used", async ([, change]) => {
  const trials = ResumableTrials.forTest();
  await trials.train("trial", toySpec);
  const path = trials.checkpoint("trial");
  const { tensors, metadata } = readSafetensors(path);
  const progress = stringifyExact(change(JSON.parse(metadata["progress"] ?? "")));
  writeFileSync(path, encodeWithChecksum(tensors, { ...metadata, progress }));
  const again = await trials.train("trial", toySpec);
  expect(again.notices[0]).toContain("its progress is not that of a training");
});
