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
])("%s before %s is a likely slip", async (type, loss, notice) => {
  expect(await noticesFor({ model: { layers: endingIn(type) }, loss: { type: loss } })).toEqual([
    expect.stringContaining(notice),
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
