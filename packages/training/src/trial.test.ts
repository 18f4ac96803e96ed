import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createReferenceBackend, createRng } from "@nn/tensor";
import { afterAll, expect, test } from "vitest";

import { createSilentObserver, toySpec } from "./testing/toy-training.ts";
import type { TrialSpec } from "./trial-spec.ts";
import type { EpochReport, TrialOutcome } from "./messages.ts";
import type { InputHashes } from "./data/check-inputs.ts";
import { prepareData } from "./data/prepare-data.ts";
import { Evaluator } from "./evaluate.ts";
import { buildNetwork } from "./network.ts";
import { runTrial } from "./trial.ts";
import { TrainingRuntime } from "./training-runtime.ts";

// Whole trials on the tiny data: 40 training images of 8 × 8 pixels, and 21 test images of another
// distribution.
const data = join(import.meta.dirname, "../../cli/test/truth/data");
const dataset = {
  type: "csv",
  training: "training.csv",
  test: "test.csv",
  channels: 1,
  validation: 9,
  normalize: false,
};
const spec: TrialSpec = { ...toySpec, dataset };
const files = mkdtempSync(join(tmpdir(), "nn-trial-"));
afterAll(() => rmSync(files, { recursive: true, force: true }));
const runtime = new TrainingRuntime(createReferenceBackend("float32"));
const context = { dataFolder: data, experimentFolder: data };

/** Steps too small to change a weight: the metrics at the end of a trial are those of its initial network. */
const standingStill = { ...spec.optimizer, learningRate: 1e-30 };

async function run(
  changes: Partial<TrialSpec> = {},
  seed = 1,
  clock = (): number => 0,
  inputs?: InputHashes,
) {
  const epochs: EpochReport[] = [];
  const speeds: number[] = [];
  const assignment = {
    ...context,
    trial: { number: 1, seed, configuration: 0, parameters: {}, spec: { ...spec, ...changes } },
    until: 1000,
    experimentSeed: 1,
    threads: 1,
    trialFolder: mkdtempSync(join(files, "trial-")),
    metric: "validation.accuracy",
    goal: "maximize",
    checkpointSeconds: 1000,
    recorded: 0,
    inputs,
  } as const;
  const outcome = await runTrial(runtime, assignment, clock, (report) => {
    if (report.kind === "epoch") epochs.push(report.epoch);
    if (report.kind === "progress") speeds.push(report.imagesPerSecond);
  });
  return { outcome, epochs, speeds };
}

function figuresOf({ train, validation, test: tested }: TrialOutcome) {
  return { train, validation, test: tested };
}

test("the test images are those of the test file, not the training images", async () => {
  const { training, test: testSplit } = await runtime.useDataset(dataset, context);
  expect([training.count, testSplit.count]).toEqual([40, 21]);
  expect([...testSplit.images.subarray(0, 64)]).not.toEqual([...training.images.subarray(0, 64)]);
});

test("the test metrics are of all images of the test set, and the validation metrics are not", async () => {
  const { outcome } = await run({ optimizer: standingStill });
  const { test: testSplit, exampleShape, classes } = await runtime.useDataset(dataset, context);
  const { backend } = runtime;
  const network = await buildNetwork(spec, {
    backend,
    inputShape: exampleShape,
    classes,
    batchSize: 100,
    rng: createRng(1).fork("model"),
    experimentFolder: "/",
  });
  const all = Int32Array.from({ length: testSplit.count }, (_, index) => index);
  const measured = await new Evaluator(testSplit, all).evaluate(network, createSilentObserver().yielder);
  expect(outcome.test?.accuracy).toBe(measured.accuracy);
  expect(outcome.test?.loss).toBeCloseTo(measured.loss, 6);
  expect(outcome.validation?.loss).not.toBeCloseTo(measured.loss, 3);
});

test("different seeds give different results, and the same seed gives the same results", async () => {
  const [one, again, other] = [await run({}, 1), await run({}, 1), await run({}, 2)];
  expect(figuresOf(again.outcome)).toEqual(figuresOf(one.outcome));
  expect(other.outcome.train?.loss).not.toBe(one.outcome.train?.loss);
  expect(other.outcome.validation?.loss).not.toBe(one.outcome.validation?.loss);
  expect(other.outcome.test?.loss).not.toBe(one.outcome.test?.loss);
});

test("augmentation of the training images changes no evaluated image", async () => {
  const plain = await run({ optimizer: standingStill });
  const changed = await run({ optimizer: standingStill, augment: [{ type: "noise", deviation: 0.5 }] });
  expect(changed.outcome.train?.loss).not.toBeCloseTo(plain.outcome.train!.loss, 3);
  expect(changed.outcome.validation).toEqual(plain.outcome.validation);
  expect(changed.outcome.test).toEqual(plain.outcome.test);
});

test("after early stopping the metrics are those of the epoch whose weights are kept", async () => {
  const training = {
    ...spec.training,
    epochs: 30,
    earlyStopping: { metric: "loss", patience: 3, minDelta: 0 },
  } as const;
  const { outcome, epochs } = await run({ training, optimizer: { ...spec.optimizer, learningRate: 3 } });
  const losses = epochs.map((epoch) => epoch.validation!.loss);
  const best = losses.indexOf(Math.min(...losses));
  // Otherwise the best epoch would be the last one.
  expect(best).toBeLessThan(losses.length - 1);
  expect(outcome.validation).toEqual(epochs[best]!.validation);
  expect(outcome.train).toEqual(epochs[best]!.train);
});

test("the speed is the number of images by the seconds since the start of the epoch", async () => {
  let now = 1000;
  const clock = (): number => (now += 0.25);
  const { epochs, speeds } = await run({}, 1, clock);
  const total = 31; // 40 training images without 9 for validation
  expect(speeds.length).toBeGreaterThan(0);
  for (const { seconds, imagesPerSecond } of epochs) {
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(10); // of 40 readings of the clock at most
    expect(imagesPerSecond).toBe(total / seconds);
  }
  for (const speed of speeds) expect(speed).toBeGreaterThan(1);
});

test("after early stopping the best epoch is the restored one, whatever the sweep ranks by", async () => {
  const earlyStopping = { metric: "loss", patience: 8, minDelta: 100 } as const;
  const training = { ...spec.training, epochs: 30, earlyStopping };
  const { outcome, epochs } = await run({ training, optimizer: { ...spec.optimizer, learningRate: 0.05 } });
  expect(epochs).toHaveLength(9);
  const accuracies = epochs.map((epoch) => epoch.validation!.accuracy);
  expect(Math.max(...accuracies)).toBeGreaterThan(accuracies[0]!);
  expect(outcome).toMatchObject({ status: "completed", epochs: 9, bestEpoch: 1 });
  expect(outcome.validation).toEqual(epochs[0]!.validation);
});

test("a trial ends with an error if its data are not those of the run", async () => {
  const [record] = await prepareData([dataset], context, new AbortController().signal, () => {});
  const { name, sha256 } = record!;
  const { outcome } = await run({}, 1, () => 0, { data: { [name]: sha256 }, files: {} });
  expect(outcome.status).toBe("completed");
  const changed = { data: { [name]: "0".repeat(64) }, files: {} };
  await expect(run({}, 1, () => 0, changed)).rejects.toThrow(
    `the data set ${name} has changed during this run.\n` +
      `  then  SHA-256 000000000000…\n  now   SHA-256 ${sha256.slice(0, 12)}…\n`,
  );
  await expect(run({}, 1, () => 0, { data: {}, files: {} })).rejects.toThrow("then  not recorded");
});
