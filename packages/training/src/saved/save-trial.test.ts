import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Model } from "@nn/layers";
import { readSafetensors } from "@nn/results";
import { expect, test } from "vitest";

import { Predictions } from "../metrics/predictions.ts";
import { toySpec } from "../testing/toy-training.ts";
import { saveTrial } from "./save-trial.ts";

const description = { spec: toySpec, seed: 1, experimentSeed: 1, inputShape: [2, 2, 1], classes: 2 };

test("model.safetensors holds parameters and buffers", async () => {
  const folder = mkdtempSync(join(tmpdir(), "save-trial-"));
  try {
    const tensor = (...numbers: number[]) => ({ shape: [numbers.length], data: Float32Array.from(numbers) });
    const model: Pick<Model, "parameters" | "buffers"> = {
      parameters: [{ name: "layers.0.weight", value: tensor(1, 2), gradient: tensor(0, 0) }],
      buffers: [{ name: "layers.0.runningMean", value: tensor(0.5) }],
    };
    await saveTrial(folder, model, description, { predictions: new Predictions(2, 0) });
    const { tensors } = readSafetensors(join(folder, "model.safetensors"));
    expect([...tensors].map(([name, { data }]) => [name, [...data]])).toEqual([
      ["layers.0.runningMean", [0.5]],
      ["layers.0.weight", [1, 2]],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("classes.csv has the metrics of each class, and top-k.csv the top-k accuracies", async () => {
  const folder = mkdtempSync(join(tmpdir(), "save-trial-"));
  try {
    const predictions = new Predictions(3, 4);
    const data = Float32Array.of(3, 2, 1, 0, 1, 2, 3, 1, 2, 9, 0, 0);
    const images = { shape: [4, 1], data: new Float32Array(4) };
    const batch = { images, labels: Int32Array.of(0, 1, 1, 0), examples: Int32Array.of(0, 1, 2, 3) };
    predictions.add({ shape: [4, 3], data }, batch, 0);
    await saveTrial(folder, { parameters: [], buffers: [] }, description, { predictions });
    expect(readFileSync(join(folder, "classes.csv"), "utf8")).toBe(
      "class,images,precision,recall,f1\n0,2,0.6666666666666666,1,0.8\n1,2,,0,0\n2,0,0,,0\n",
    );
    expect(readFileSync(join(folder, "top-k.csv"), "utf8")).toBe("k,accuracy\n1,0.5\n2,0.75\n3,1\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("classes and images have their names in the files, if they have names", async () => {
  const folder = mkdtempSync(join(tmpdir(), "save-trial-"));
  try {
    const predictions = new Predictions(2, 2);
    const images = { shape: [2, 1], data: new Float32Array(2) };
    const batch = { images, labels: Int32Array.of(0, 1), examples: Int32Array.of(0, 1) };
    predictions.add({ shape: [2, 2], data: Float32Array.of(1, 2, 0, 1) }, batch, 0);
    const origins = { kind: "file", of: (index: number) => `cat/${index}.png` } as const;
    const named = { ...description, classNames: ["cat, big", "dog"] };
    await saveTrial(
      folder,
      { parameters: [], buffers: [] },
      named,
      { predictions, origins },
      { predictions },
    );
    const read = (name: string): string => readFileSync(join(folder, name), "utf8");
    expect(read("confusion.csv")).toBe(
      'actual,"predicted cat, big",predicted dog\n"cat, big",0,1\ndog,0,1\n',
    );
    expect(read("classes.csv")).toContain('\n"cat, big",1,,0,0\ndog,1,');
    expect(read("mistakes.csv")).toBe('index,label,predicted,margin,file\n0,"cat, big",dog,1,cat/0.png\n');
    // The validation images may come from other files.
    expect(read("validation-confusion.csv")).toBe(read("confusion.csv"));
    expect(read("validation-mistakes.csv")).toBe('index,label,predicted,margin\n0,"cat, big",dog,1\n');
    const { metadata } = readSafetensors(join(folder, "model.safetensors"));
    expect(metadata["classes"]).toBe('["cat, big","dog"]');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
