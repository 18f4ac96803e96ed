import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { Experiment } from "../experiment.ts";
import { loadExperiment } from "../load-experiment.ts";

const PLAIN = `
name: small
dataset: { type: mnist }
model: { layers: [{ type: flatten }, { type: dense, units: 10 }] }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 2 }
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nn-evaluation-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(text: string): Promise<Experiment> {
  const file = join(folder, "experiment.yaml");
  writeFileSync(file, PLAIN + text);
  return loadExperiment(file);
}

test("omitted options get their defaults", async () => {
  const { trials } = await load("evaluation: { augment: [{ type: shift }] }");
  expect(trials[0]!.spec.evaluation).toEqual({ views: 8, augment: [{ type: "shift", pixels: 2 }] });
});

test("an experiment without evaluation has no such key, so its fingerprint stays the same", async () => {
  const { trials, resolved } = await load("");
  expect(Object.keys(resolved)).not.toContain("evaluation");
  expect(Object.keys(trials[0]!.spec)).not.toContain("evaluation");
});

test("the number of views can be swept", async () => {
  const { trials } = await load(
    "evaluation: { augment: [{ type: shift }] }\n" +
      "sweep: { sampler: { type: grid }, parameters: { evaluation.views: [2, 4] } }\n",
  );
  expect(trials.map(({ spec }) => spec.evaluation?.views)).toEqual([2, 4]);
});

test("an augmentation that mixes images is rejected, because a view has the label of its image", async () => {
  await expect(load("evaluation: { augment: [{ type: mixup }] }")).rejects.toThrow(
    'there is no augmentation of a single image "mixup"',
  );
});
