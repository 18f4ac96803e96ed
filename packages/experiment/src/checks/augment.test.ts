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
  folder = mkdtempSync(join(tmpdir(), "nn-augment-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(text: string): Promise<Experiment> {
  const file = join(folder, "experiment.yaml");
  writeFileSync(file, PLAIN + text);
  return loadExperiment(file);
}

function sweep(path: string, values: string): string {
  return `sweep: { sampler: { type: grid }, parameters: { "${path}": ${values} } }\n`;
}

test("omitted options get their defaults", async () => {
  const { trials, resolved } = await load("augment: [{ type: shift }, { type: rotate, degrees: 5 }]");
  const augment = [
    { type: "shift", pixels: 2 },
    { type: "rotate", degrees: 5 },
  ];
  expect(trials[0]!.spec.augment).toEqual(augment);
  expect(resolved["augment"]).toEqual(augment);
});

test("an experiment without augment has no such key, so its fingerprint stays the same", async () => {
  const { trials, resolved } = await load("");
  expect(Object.keys(resolved)).not.toContain("augment");
  expect(Object.keys(trials[0]!.spec)).not.toContain("augment");
});

test("an option can be swept, and a whole entry too", async () => {
  const augment = "augment: [{ type: shift }]\n";
  const pixels = await load(augment + sweep("augment[0].pixels", "[1, 3]"));
  expect(pixels.trials.map(({ spec }) => spec.augment)).toEqual([
    [{ type: "shift", pixels: 1 }],
    [{ type: "shift", pixels: 3 }],
  ]);
  const entries = await load(augment + sweep("augment[0]", "[{ type: shift, pixels: 1 }, { type: shear }]"));
  expect(entries.trials.map(({ spec }) => spec.augment?.[0])).toEqual([
    { type: "shift", pixels: 1 },
    { type: "shear", degrees: 10 },
  ]);
});

test("a path into absent augmentations is a mistake", async () => {
  await expect(load(sweep("augment[0].pixels", "[1, 3]"))).rejects.toThrow(
    "the path augment[0].pixels does not exist in this experiment: augment is not in it",
  );
});
