import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { experimentCommand } from "../../packages/cli/src/commands/experiment.ts";
import { formatCsv } from "../../packages/results/src/index.ts";
import { RandomChoices, hostileTexts } from "./random-choices.ts";
import { captureOutcome } from "./command-outcome.ts";
import { createRandomPng, encodePng } from "./png.ts";

/** The valid inputs of all cases: a run of 2 learning rates × 2 seeds, its data, and an image. */
export interface FuzzInputs {
  /** The temporary folder of all files. */
  readonly folder: string;
  readonly spec: string;
  /** The folder of the run. */
  readonly run: string;
  readonly fingerprint: string;
  /** An intact image. */
  readonly image: string;
  /** The names of the classes, by label. */
  readonly classNames: readonly string[];
}

/** Height and width of the images. */
export const IMAGE_SIZE = 8;
const NAME = "fuzz";
const SPEC = `
name: ${NAME}
repeats: 2
dataset: { type: csv, training: train.csv, test: test.csv, label: class, validation: 8 }
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 6 }
    - { type: relu }
    - { type: dense, units: 4 }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 3, batchSize: 8 }
sweep:
  sampler: { type: grid }
  parameters:
    optimizer.learningRate: [0.03, 0.1]
`;

/** The options of `experiment` for the first run and for every resumed run. */
export const experimentOptions = { set: [], workers: 1, simd: 256 } as const;

/** Trains the run. Its class names contain HTML, JSON, CSV and terminal syntax. */
export async function createFuzzInputs(): Promise<FuzzInputs> {
  const folder = mkdtempSync(path.join(tmpdir(), "nn-fuzz-"));
  const chance = new RandomChoices(1, "material");
  const classNames = [hostileTexts[0], "__proto__", "<b>&amp;</b>", 'a,"b"\nc\u009B31m'].toSorted();
  for (const [file, rows] of [
    ["train.csv", 48],
    ["test.csv", 20],
  ] as const) {
    const pixels = Array.from({ length: IMAGE_SIZE * IMAGE_SIZE }, (_, index) => `p${index}`);
    const images = Array.from({ length: rows }, (_, row) => [
      classNames[row % classNames.length],
      ...pixels.map((_name, pixel) => (pixel % 4 === row % 4 ? chance.integer(128, 255) : 0)),
    ]);
    writeFileSync(path.join(folder, file), formatCsv(["class", ...pixels], images));
  }
  const spec = path.join(folder, "spec.yaml");
  writeFileSync(spec, SPEC);
  const out = path.join(folder, "results");
  const { code, err } = await captureOutcome((terminal) =>
    experimentCommand(spec, { ...experimentOptions, out }, terminal),
  );
  if (code !== 0) throw new Error(`the run of the material failed:\n${err}`);
  const fingerprint = readdirSync(path.join(out, NAME)).find((name) => name !== "latest")!;
  const image = path.join(folder, "image.png");
  writeFileSync(image, encodePng(createRandomPng(new RandomChoices(3, "image")).chunks));
  mkdirSync(path.join(folder, "cases"));
  return { folder, spec, run: path.join(out, NAME, fingerprint), fingerprint, image, classNames };
}
