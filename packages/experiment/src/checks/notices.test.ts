import { expect, test } from "vitest";

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { formatIdx } from "@nn/mnist";
import { encode } from "fast-png";

import { loadExperimentPlan } from "../load-experiment.ts";

async function noticesFor(
  part: object,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "nn-notices-"));
  try {
    const whole = {
      name: "slips",
      dataset: { type: "mnist" },
      model: { layers: endingIn("dense") },
      optimizer: { type: "sgd", learningRate: 0.1 },
      training: { epochs: 2 },
      ...part,
    };
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    writeFileSync(join(folder, "experiment.yaml"), JSON.stringify(whole));
    return (await loadExperimentPlan(join(folder, "experiment.yaml"))).notices;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function endingIn(type: string): object[] {
  const dense = { type: "dense", units: 10 };
  return [{ type: "flatten" }, dense, ...(type === "dense" ? [] : [{ type }])];
}

test("an experiment without a slip has no notice", async () => {
  expect(await noticesFor({})).toEqual([]);
  expect(
    await noticesFor({ model: { layers: endingIn("sigmoid") }, loss: { type: "mean-squared-error" } }),
  ).toEqual([]);
});

test.each([
  ["softmax", "cross-entropy", "the loss cross-entropy applies a softmax itself"],
  ["sigmoid", "cross-entropy", "the loss cross-entropy applies a softmax itself"],
  ["softmax", "focal", "the loss focal applies a softmax itself"],
  ["sigmoid", "binary-cross-entropy", "the loss binary-cross-entropy applies a sigmoid itself"],
  ["relu", "cross-entropy", "makes all negative outputs 0"],
  ["relu", "hinge", "makes all negative outputs 0"],
])("%s before %s is a likely slip", async (type, loss, notice) => {
  expect(await noticesFor({ model: { layers: endingIn(type) }, loss: { type: loss } })).toEqual([
    expect.stringContaining(notice),
  ]);
});

const [dense, softmax, flatten] = [{ type: "dense", units: 10 }, { type: "softmax" }, { type: "flatten" }];
const square = { type: "dense", units: 784 };

test.each([
  [[flatten, dense, softmax, { type: "reshape", shape: [10] }]],
  [[flatten, dense, softmax, { type: "reshape", shape: [2, 5] }, flatten]],
  [[flatten, { type: "repeat", times: 2, layers: [dense, softmax] }]],
  [
    [
      flatten,
      {
        type: "parallel",
        join: "add",
        branches: [
          [dense, softmax],
          [square, dense, softmax],
        ],
      },
    ],
  ],
])("so it is before layers that only move numbers, and inside another layer: %j", async (layers) => {
  expect(await noticesFor({ model: { layers } })).toEqual([
    "the network ends in softmax, and the loss cross-entropy applies a softmax itself: end the network in a dense layer",
  ]);
});

test.each([
  [[flatten, { type: "repeat", times: 2, layers: [softmax, dense] }]],
  [[flatten, dense, { type: "residual", layers: [dense, softmax] }]],
  [[flatten, { type: "parallel", join: "add", branches: [[dense], [dense, softmax]] }]],
])("what is not all of the output is no slip: %j", async (layers) => {
  expect(await noticesFor({ model: { layers } })).toEqual([]);
});

test("relu before a loss that takes it is no slip", async () => {
  expect(
    await noticesFor({ model: { layers: endingIn("relu") }, loss: { type: "mean-squared-error" } }),
  ).toEqual([]);
});

test("with pbt, a patience that no stretch is long enough for is a likely slip", async () => {
  const told = (patience: number): Promise<readonly string[]> =>
    noticesFor({
      training: { epochs: 12, earlyStopping: { patience } },
      sweep: {
        sampler: { type: "pbt", population: 4, interval: 3 },
        parameters: { "optimizer.learningRate": { type: "float", min: 0.01, max: 0.1 } },
      },
    });
  expect(await told(2)).toEqual([]);
  expect(await told(3)).toEqual([
    expect.stringContaining("a patience of 3, and pbt compares its networks every 3 epochs"),
  ]);
});

test("a network without parameters is a likely slip", async () => {
  const layers = [
    { type: "flatten" },
    { type: "reshape", shape: [28, 28, 1] },
    { type: "max-pool2d", poolSize: 28 },
    { type: "flatten" },
  ];
  const model = { layers: [{ type: "parallel", branches: Array.from({ length: 10 }, () => layers) }] };
  expect(await noticesFor({ model })).toEqual([
    "the network has no parameters, so there is nothing to learn",
  ]);
});

test("trials that are ranked by a loss which is swept cannot be compared", async () => {
  const sweep = (metric: string, path: string): object => ({
    sweep: { sampler: { type: "grid" }, metric, parameters: { [path]: [0, 0.1] } },
  });
  expect(await noticesFor(sweep("validation.loss", "loss.labelSmoothing"))).toEqual([
    expect.stringContaining("rank by validation.accuracy"),
  ]);
  expect(await noticesFor(sweep("validation.accuracy", "loss.labelSmoothing"))).toEqual([]);
  expect(await noticesFor(sweep("validation.loss", "optimizer.momentum"))).toEqual([]);
});

/** Twelve images of 2 × 2, six of class 0 and six of class 1 unless told otherwise, whose pixels reach `largest`. */
function csvOf(largest: number, { smallest = 0, rare = 6 } = {}): string {
  const rows = Array.from({ length: 12 }, (_, row) =>
    [row < rare ? 1 : 0, row % 2 ? largest : smallest, smallest, largest, smallest].join(","),
  );
  return `class,a,b,c,d\n${rows.join("\n")}\n`;
}

/** The notices for such a file, with these options of the data set. */
function noticesForCsv(text: string, options: object = {}): Promise<readonly string[]> {
  return noticesFor(
    {
      dataset: { type: "csv", training: "data.csv", test: "data.csv", ...options },
      model: { layers: [{ type: "flatten" }, { type: "dense", units: 2 }] },
      training: { epochs: 2, batchSize: 1 },
    },
    { "data.csv": text },
  );
}

test("a class whose images are all held out is a likely slip", async () => {
  const rare = csvOf(255, { rare: 1 });
  // Eleven of twelve are held out: of the one that is left, one class is learned.
  expect(await noticesForCsv(rare, { validation: 11 })).toEqual([
    expect.stringMatching(/^dataset\.validation: 11 holds out every image of class [01]: nothing is learned/),
  ]);
  expect(await noticesForCsv(rare, { validation: "test" })).toEqual([]);
  expect(await noticesForCsv(rare, { validation: 0 })).toEqual([]);
});

test.each(["idx", "images"])("so it is with a data set of type %s", async (type) => {
  const labels = [0, 0, 0, 1];
  const files =
    type === "idx"
      ? {
          images: formatIdx({ shape: [4, 2, 2], data: Uint8Array.from({ length: 16 }, (_, i) => 16 * i) }),
          labels: formatIdx({ shape: [4], data: Uint8Array.from(labels) }),
        }
      : Object.fromEntries(
          labels.map((label, image) => [
            `images/class-${label}/${image}.png`,
            encode({ width: 2, height: 2, channels: 1, depth: 8, data: Uint8Array.of(0, 9, 99, 255) }),
          ]),
        );
  const paths =
    type === "idx"
      ? { trainingImages: "images", trainingLabels: "labels", testImages: "images", testLabels: "labels" }
      : { training: "images", test: "images" };
  const notices = await noticesFor(
    {
      dataset: { type, ...paths, validation: 3 },
      model: { layers: [{ type: "flatten" }, { type: "dense", units: 2 }] },
      training: { epochs: 2, batchSize: 1 },
    },
    files,
  );
  expect(notices).toEqual([
    expect.stringMatching(/^dataset\.validation: 3 holds out every image of class (0|1|class-[01]): /),
  ]);
});

test.each([
  [1, 255],
  [16, 15],
])("pixels that never exceed %i are a likely slip, unless they are normalized", async (largest, factor) => {
  expect(await noticesForCsv(csvOf(largest))).toEqual([
    `no pixel of the training images of csv is above ${largest}, and white is 255: all of them are nearly black; multiply them by ${factor}, or set dataset.normalize`,
  ]);
  expect(await noticesForCsv(csvOf(largest), { normalize: true })).toEqual([]);
  expect(await noticesForCsv(csvOf(255))).toEqual([]);
});

test("one grey in every pixel is a likely slip, and a mistake where it is normalized", async () => {
  const grey = csvOf(7, { smallest: 7 });
  expect(await noticesForCsv(grey)).toEqual([
    "every pixel of the training images of csv is 7: there is nothing to learn",
  ]);
  await expect(noticesForCsv(grey, { normalize: true })).rejects.toThrow(
    "dataset.normalize divides by the deviation of the pixels, and every pixel of the training images is 7",
  );
});
