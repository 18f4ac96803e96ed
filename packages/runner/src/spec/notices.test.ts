import { expect, test } from "vitest";

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadPlanned } from "./load-experiment.ts";

async function noticesFor(part: object): Promise<readonly string[]> {
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
    writeFileSync(join(folder, "experiment.yaml"), JSON.stringify(whole));
    return (await loadPlanned(join(folder, "experiment.yaml"))).notices;
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
