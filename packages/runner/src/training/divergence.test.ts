import type { Model } from "@nn/layers";
import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { divergedWeights } from "./divergence.ts";

const backend = createReferenceBackend("float32");
const tensor = (...numbers: number[]) => ({ shape: [numbers.length], data: Float32Array.from(numbers) });

function model(weight: number, runningVariance: number): Pick<Model, "parameters" | "state"> {
  return {
    parameters: [{ name: "layers.1.weight", value: tensor(1, weight), gradient: tensor(0, 0) }],
    state: [{ name: "layers.1.runningVariance", value: tensor(runningVariance, 1) }],
  };
}

test("parameters and state that are finite can be used", () => {
  expect(divergedWeights({ backend, model: model(2, 3) }, 1)).toBeUndefined();
});

test("an infinite running variance ends a training, though nothing else shows it", () => {
  expect(divergedWeights({ backend, model: model(2, Infinity) }, 4)).toBe(
    "after epoch 4, layers.1.runningVariance has numbers that are not finite. A smaller learning rate often helps.",
  );
});

test("a parameter that is not finite is named first", () => {
  expect(divergedWeights({ backend, model: model(NaN, Infinity) }, 4)).toContain("layers.1.weight has");
});
