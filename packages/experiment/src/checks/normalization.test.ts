import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { encodeIdx } from "@nn/mnist";
import { encode } from "fast-png";
import { afterAll, expect, test } from "vitest";

import { loadExperimentPlan } from "../load-experiment.ts";

const root = mkdtempSync(join(tmpdir(), "nn-normalization-"));
afterAll(() => rmSync(root, { recursive: true }));

const labels = [0, 1, 0, 1, 0, 1];
const uniform = [7, 7, 7, 7];

/**
 * Returns data sets of 2 × 2 pixels of each type, in which only the image at this index has different pixels.
 */
function writeData(type: "csv" | "idx" | "images", varied: number): object {
  const write = (name: string, content: string | Uint8Array): string => {
    const file = join(root, type, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  const images = labels.map((_label, index) => (index === varied ? [0, 9, 99, 255] : uniform));
  if (type === "csv") {
    const rows = images.map((image, index) => [labels[index], ...image].join(","));
    const file = write("data.csv", `class,a,b,c,d\n${rows.join("\n")}\n`);
    return { type, training: file, test: file };
  }
  if (type === "idx") {
    const pixels = write("images", encodeIdx({ shape: [6, 2, 2], data: Uint8Array.from(images.flat()) }));
    const classes = write("labels", encodeIdx({ shape: [6], data: Uint8Array.from(labels) }));
    return { type, trainingImages: pixels, trainingLabels: classes, testImages: pixels, testLabels: classes };
  }
  for (const [index, image] of images.entries()) {
    const png = encode({ width: 2, height: 2, channels: 1, depth: 8, data: Uint8Array.from(image) });
    write(`${labels[index]}/${index}.png`, png);
  }
  return { type, training: join(root, type), test: join(root, type) };
}

async function load(dataset: object, seed: number, sweep?: object): Promise<void> {
  const file = join(root, "experiment.yaml");
  const experiment = {
    name: "normalized",
    seed,
    dataset,
    model: { layers: [{ type: "flatten" }, { type: "dense", units: 2 }] },
    optimizer: { type: "sgd" },
    training: { epochs: 2, batchSize: 1 },
    sweep,
  };
  writeFileSync(file, JSON.stringify(experiment));
  await loadExperimentPlan(file);
}

const mistake =
  "dataset.normalize divides by the standard deviation of the pixels, which is 0: every pixel of the training " +
  "images that dataset.validation leaves is 7";

test.each(["csv", "idx", "images"] as const)(
  "normalize is a mistake if all images of %s that the seed leaves for training have one value",
  async (type) => {
    const found: boolean[] = [];
    const dataset = { ...writeData(type, 2), normalize: true, validation: 3 };
    for (let seed = 0; seed < 12; seed++) {
      const message = await load(dataset, seed).then(() => "", String);
      expect(message === "" || message.includes(mistake)).toBe(true);
      found.push(message !== "");
      await load({ ...dataset, normalize: false }, seed);
    }
    expect(new Set(found)).toEqual(new Set([true, false]));
    await load({ ...dataset, validation: 0 }, 0);
  },
);

test("a swept validation that leaves only images of one value is a mistake", async () => {
  const dataset = { ...writeData("csv", 2), normalize: true, validation: 0 };
  const sweep = {
    sampler: { type: "grid" },
    metric: "train.loss",
    parameters: { "dataset.validation": [0, 3] },
  };
  const errors: unknown[] = [];
  for (let seed = 0; seed < 12; seed++)
    errors.push(await load(dataset, seed, sweep).catch((each: unknown) => each));
  expect(errors.map(String).filter((text) => text.includes(mistake)).length).toBeGreaterThan(0);
  expect(errors).toContain(undefined);
});
