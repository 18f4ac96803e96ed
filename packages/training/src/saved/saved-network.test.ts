import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createReferenceBackend } from "@nn/tensor";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";

import { evaluateSaved } from "./evaluate-saved.ts";
import { predictImages } from "./predict-images.ts";
import { decodeNetwork, loadNetwork } from "./saved-network.ts";
import { toySpec } from "../testing/toy-training.ts";
import type { TrialSpec } from "../trial-spec.ts";
import { runTrial } from "../trial.ts";
import { TrainingRuntime } from "../training-runtime.ts";

// Whole trials on the tiny data: 40 training images of 8 × 8 pixels, and 21 test images.
const data = join(import.meta.dirname, "../../../cli/test/truth/data");
const dataset = {
  type: "csv",
  training: "training.csv",
  test: "test.csv",
  channels: 1,
  validation: 9,
  normalize: true,
};
const views = { views: 3, augment: [{ type: "shift", pixels: 1 }] };
const folder = mkdtempSync(join(tmpdir(), "nn-saved-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const runtime = new TrainingRuntime(createReferenceBackend("float32"));
const context = { dataFolder: data, experimentFolder: data };

async function trained(changes: Partial<TrialSpec> = {}) {
  const trialFolder = mkdtempSync(join(folder, "trial-"));
  const trial = {
    number: 1,
    seed: 3,
    configuration: 0,
    parameters: {},
    spec: { ...toySpec, dataset, ...changes },
  };
  const outcome = await runTrial(
    runtime,
    {
      ...context,
      trial,
      until: 1000,
      experimentSeed: 2,
      threads: 1,
      trialFolder,
      metric: "validation.accuracy",
      goal: "maximize",
      checkpointSeconds: 1000,
      recorded: 0,
    },
    () => 0,
    () => {},
  );
  return { outcome, bytes: readFileSync(join(trialFolder, "model.safetensors")) };
}

const batchNorm = {
  ...toySpec.model,
  layers: [
    { type: "flatten" },
    { type: "dense", units: 6, bias: true },
    { type: "batch-norm", momentum: 0.1, epsilon: 1e-5, affine: true },
    { type: "relu" },
    { type: "dense", units: 3, bias: true },
  ],
};

test.each<[string, Partial<TrialSpec>]>([
  ["is normalized", {}],
  ["has buffers and random views", { model: batchNorm, evaluation: views }],
  [
    "validates its average of weights",
    { training: { ...toySpec.training, average: { type: "ema", decay: 0.9 } } },
  ],
  ["has pixels from 0 to 1 and no validation", { dataset: { ...dataset, normalize: false, validation: 0 } }],
])("a saved network that %s has the metrics of its trial, bit for bit", async (_what, changes) => {
  const { outcome, bytes } = await trained(changes);
  const { validation, test: tested } = await evaluateSaved(runtime, decodeNetwork(bytes, "x"), context);
  expect(tested).toEqual(outcome.test);
  expect(validation).toEqual(outcome.validation);
});

test("its description contains the spec of the trial and the normalization of pixels", async () => {
  const { bytes } = await trained();
  const saved = decodeNetwork(bytes, "x");
  expect(saved).toMatchObject({ seed: 3, experimentSeed: 2, inputShape: [8, 8, 1], classes: 3 });
  expect(saved.spec.model).toEqual(toySpec.model);
  expect(saved.normalization!.mean).toBeGreaterThan(0);
});

test("on another data set only the test images count", async () => {
  const saved = decodeNetwork((await trained()).bytes, "x");
  const other = { ...dataset, test: "training.csv", validation: 0 };
  const { validation, predictions } = await evaluateSaved(runtime, saved, context, other);
  expect(validation).toBeUndefined();
  expect(predictions.confusion.flat().reduce((sum, count) => sum + count)).toBe(40);
});

test("with random views, the prediction for an image does not depend on the images before it", async () => {
  const evaluation = { views: 3, augment: [{ type: "noise", deviation: 0.3 }] };
  const saved = decodeNetwork((await trained({ evaluation })).bytes, "x");
  const [one, other] = [37, 91].map((step) => Uint8Array.from({ length: 64 }, (_, at) => (at * step) % 256));
  const predict = (...images: readonly Uint8Array[]) =>
    predictImages(runtime, saved, data, Uint8Array.from(Buffer.concat(images)), images.length);
  const both = await predict(one!, other!);
  expect([...(await predict(other!, one!))]).toEqual([...both.slice(3), ...both.slice(0, 3)]);
  expect(await predict(other!)).toEqual(both.slice(3));
});

test("a network whose layer has changed is refused with the tensor", async () => {
  const saved = decodeNetwork((await trained()).bytes, "model.safetensors");
  const spec = { ...saved.spec, model: batchNorm };
  await expect(
    loadNetwork({ ...saved, spec }, { backend: runtime.backend, experimentFolder: data }),
  ).rejects.toThrow(/^model\.safetensors: expected a tensor "layers\.\d\.\w+" of \(\d/);
});

test("damaged metadata are an error, or another valid description", async () => {
  const { bytes } = await trained();
  const end = 8 + Number(bytes.readBigUInt64LE());
  fc.assert(
    fc.property(fc.integer({ min: 8, max: end - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = Buffer.from(bytes);
      damaged[at] = damaged[at]! ^ change;
      expect(["Object", "RunDirectoryError"]).toContain(outcome(damaged).constructor.name);
    }),
    { numRuns: 300 },
  );
});

/** Returns what is decoded, or the error. */
function outcome(bytes: Uint8Array): object {
  try {
    return decodeNetwork(bytes, "x");
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

test("weights that are not finite, or lead to such outputs, are refused with the name of the file", async () => {
  const { bytes } = await trained();
  const start = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const withWeight = (value: number): Uint8Array => {
    const copy = Uint8Array.from(bytes);
    const view = new DataView(copy.buffer);
    for (let at = start; at < start + 64; at += 4) view.setFloat32(at, value, true);
    return copy;
  };
  expect(() => decodeNetwork(withWeight(NaN), "x")).toThrow(
    /^x: expected finite numbers in the tensor "\S+", got NaN/,
  );
  const huge = decodeNetwork(withWeight(3e38), "x");
  const wrong = /^x: expected finite outputs of the network, got/;
  await expect(evaluateSaved(runtime, huge, context)).rejects.toThrow(wrong);
  const images = new Uint8Array(64).fill(255);
  await expect(predictImages(runtime, huge, data, images, 1)).rejects.toThrow(wrong);
});
