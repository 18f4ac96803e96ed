import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { loadExperimentPlan } from "../load-experiment.ts";

const folder = mkdtempSync(join(tmpdir(), "nn-idle-options-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function noticesFor(part: object): Promise<readonly string[]> {
  const file = join(folder, "experiment.yaml");
  const experiment = {
    name: "idle",
    dataset: { type: "mnist", validation: 1000 },
    model: { layers: [{ type: "flatten" }, { type: "dense", units: 10 }] },
    optimizer: { type: "sgd" },
    training: { epochs: 6 },
    ...part,
  };
  writeFileSync(file, JSON.stringify(experiment));
  return (await loadExperimentPlan(file)).notices;
}

const constant = (type: string, option: string): string =>
  `the schedule ${type} never changes the learning rate, because ${option} is 1; make it smaller, or use the ` +
  "schedule constant";

test.each([
  [
    { type: "cosine", restartMultiply: 2 },
    "schedule.restartMultiply has no effect without restartEvery; set it, or remove restartMultiply",
  ],
  [
    { type: "cosine", restartEvery: 6 },
    "the schedule cosine first restarts the learning rate after epoch 6, but the training ends before that",
  ],
  [{ type: "cosine", end: 1 }, constant("cosine", "end")],
  [{ type: "polynomial", end: 1 }, constant("polynomial", "end")],
  [{ type: "reduce-on-plateau", patience: 1, end: 1 }, constant("reduce-on-plateau", "end")],
  [{ type: "step", stepSize: 1, gamma: 1 }, constant("step", "gamma")],
  [{ type: "exponential", gamma: 1 }, constant("exponential", "gamma")],
  [{ type: "multi-step", milestones: [2], gamma: 1 }, constant("multi-step", "gamma")],
  [
    { type: "multi-step", milestones: [2, 4, 2, 2] },
    "the schedule multi-step lists the milestone 2 more than once, so the learning rate drops more than once " +
      "after this epoch; remove the duplicates",
  ],
  [
    { type: "one-cycle", warmup: { from: 0.5 } },
    "the warm-up of the schedule has no effect, because it takes 0 steps; make warmup.epochs or warmup.steps greater",
  ],
  [
    { type: "constant", warmup: { epochs: 0.0001 } },
    "the warm-up of the schedule has no effect, because it takes 0 steps; make warmup.epochs or warmup.steps greater",
  ],
  [
    { type: "constant", warmup: { epochs: 1, from: 1 } },
    "the warm-up of the schedule has no effect, because warmup.from is 1; make it smaller",
  ],
])("the schedule %j gives a notice", async (schedule, notice) => {
  expect(await noticesFor({ schedule })).toEqual([notice]);
});

test.each([
  { type: "cosine", restartEvery: 2, restartMultiply: 2, end: 0.5 },
  { type: "multi-step", milestones: [4, 2] },
  { type: "constant", warmup: { epochs: 0, steps: 0 } },
  { type: "constant", warmup: { steps: 1, from: 0.5 } },
])("the schedule %j gives no notice", async (schedule) => {
  expect(await noticesFor({ schedule })).toEqual([]);
});

test("a sweep may compare an option without effect with others", async () => {
  const parameters = { "schedule.gamma": [1, 0.5], "augment[0].pixels": [0, 2] };
  const fixed = {
    schedule: { type: "step", stepSize: 1, gamma: 1 },
    augment: [{ type: "shift", pixels: 0 }],
  };
  expect(await noticesFor({ ...fixed, sweep: { sampler: { type: "grid" }, parameters } })).toEqual([]);
});

test("augmentations that change no image give a notice", async () => {
  const types = { shift: "pixels", rotate: "degrees", scale: "range", shear: "degrees", noise: "deviation" };
  const more = { elastic: "alpha", flip: "probability", "random-erasing": "probability", cutout: "size" };
  const augment = Object.entries({ ...types, ...more }).map(([type, option]) => ({ type, [option]: 0 }));
  expect(await noticesFor({ augment })).toEqual(
    augment.map(
      ({ type }, index) =>
        `augment[${index}] (${type}) has no effect: with these options, it changes no image`,
    ),
  );
  expect(await noticesFor({ evaluation: { augment } })).toEqual([
    "evaluation has no effect: its augmentations change no image, so all views of an image are equal; change " +
      "their options, or remove evaluation",
  ]);
  expect(await noticesFor({ evaluation: { augment: [...augment, { type: "shift" }] } })).toEqual([]);
});

test.each([
  [
    55,
    [
      "the augmentation cutout with size 55 makes every pixel of all images of 28 × 28 black; make size smaller",
    ],
  ],
  [54, []],
])("cutout with size %i gives the notices %j", async (size, notices) => {
  expect(await noticesFor({ augment: [{ type: "cutout", size }] })).toEqual(notices);
});

test.each([
  [
    { type: "shift", pixels: 1000 },
    [
      "the augmentation shift with pixels 1000 moves about 99 % of all images of 28 × 28 out of view, so they are " +
        "black; make pixels smaller",
    ],
  ],
  [
    { type: "shift", pixels: 39 },
    [
      "the augmentation shift with pixels 39 moves about 51 % of all images of 28 × 28 out of view, so they are " +
        "black; make pixels smaller",
    ],
  ],
  [{ type: "shift", pixels: 38 }, []],
  [
    { type: "elastic", alpha: 1000, sigma: 4 },
    [
      "the augmentation elastic with alpha 1000 and sigma 4 moves pixels by about 41 pixels, so most " +
        "pixels of images of 28 × 28 become black; make alpha smaller",
    ],
  ],
  [{ type: "elastic", alpha: 600, sigma: 4 }, []],
])("the augmentation %j gives the notices %j", async (augmentation, notices) => {
  expect(await noticesFor({ augment: [augmentation] })).toEqual(notices);
});

test("a logger that is listed twice gives a notice", async () => {
  const tensorboard = { type: "tensorboard" };
  expect(await noticesFor({ loggers: [tensorboard] })).toEqual([]);
  expect(await noticesFor({ loggers: [tensorboard, tensorboard] })).toEqual([
    "loggers lists tensorboard more than once; list it once",
  ]);
});

const withDecay = { type: "sgd", learningRate: 0.1, weightDecay: 0.01 };
const withoutDecay = { ...withDecay, weightDecay: 0 };

test("decayBias: false gives a notice with a custom optimizer that has no weightDecay", async () => {
  const source = `import { defineOptimizer } from "@nn/layers";
import { Type } from "typebox";
export const still = defineOptimizer({
  type: "still",
  description: "An optimizer for a test.",
  options: Type.Object({}),
  build: () => ({ state: [], step() {} }),
});
`;
  writeFileSync(join(folder, "no-decay.ts"), source);
  const training = { epochs: 6, decayBias: false };
  expect(await noticesFor({ optimizer: { type: "./no-decay.ts" }, training })).toEqual([
    "training.decayBias: false has no effect, because the optimizer ./no-decay.ts has no option weightDecay; " +
      "use another optimizer, or remove decayBias",
  ]);
});

test("an option of training without effect gives a notice only if all trials have it", async () => {
  const sweeping = (parameters: object, more: object = {}): Promise<readonly string[]> =>
    noticesFor({ optimizer: withoutDecay, ...more, sweep: { sampler: { type: "grid" }, parameters } });
  const decays = [true, false];
  expect(await sweeping({ "training.decayBias": decays })).toEqual([]);
  const biasDecays = { training: { epochs: 6, decayBias: false } };
  expect(await sweeping({ optimizer: [withoutDecay, withDecay] }, biasDecays)).toEqual([]);
  expect(await sweeping({ "training.decayBias": [false] })).toHaveLength(1);
  expect(await sweeping({ "training.lookahead": [null, { steps: 100_000 }] })).toEqual([]);
  const never = { training: { epochs: 6, lookahead: { steps: 100_000 } } };
  expect(await sweeping({ "training.batchSize": [50, 100] }, never)).toHaveLength(2);
});
