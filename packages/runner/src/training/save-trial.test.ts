import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Model } from "@nn/layers";
import { readSafetensors } from "@nn/results";
import { expect, test } from "vitest";

import { Predictions } from "./predictions.ts";
import { saveTrial } from "./save-trial.ts";

test("model.safetensors holds parameters and what layers remember beside them", () => {
  const folder = mkdtempSync(join(tmpdir(), "save-trial-"));
  try {
    const tensor = (...numbers: number[]) => ({ shape: [numbers.length], data: Float32Array.from(numbers) });
    const model: Pick<Model, "parameters" | "state"> = {
      parameters: [{ name: "layers.0.weight", value: tensor(1, 2), gradient: tensor(0, 0) }],
      state: [{ name: "layers.0.runningMean", value: tensor(0.5) }],
    };
    saveTrial(folder, model, new Predictions(2));
    const { tensors } = readSafetensors(join(folder, "model.safetensors"));
    expect([...tensors].map(([name, { data }]) => [name, [...data]])).toEqual([
      ["layers.0.runningMean", [0.5]],
      ["layers.0.weight", [1, 2]],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
