import type { Model } from "@nn/layers";
import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { describeDivergedLoss, describeDivergedWeights } from "./divergence.ts";

const backend = createReferenceBackend("float32");
const tensor = (...numbers: number[]) => ({ shape: [numbers.length], data: Float32Array.from(numbers) });

function model(weight: number, runningVariance: number): Pick<Model, "parameters" | "buffers"> {
  return {
    parameters: [{ name: "layers.1.weight", value: tensor(1, weight), gradient: tensor(0, 0) }],
    buffers: [{ name: "layers.1.runningVariance", value: tensor(runningVariance, 1) }],
  };
}

test.each([
  [{ path: [3], type: "dense", times: [], what: "activations" }, "model.layers[3] (dense)"],
  [
    { path: [1, "layers", 0], type: "lstm", times: [], what: "activations" },
    "model.layers[1].layers[0] (lstm)",
  ],
  [
    { path: [0, "branches", 1, 2], type: "dense", times: [3], what: "activations" },
    "model.layers[0].branches[1][2] (dense, repetition 3)",
  ],
  [
    { path: [2, "attention", "qkv"], type: "dense", times: [2, 4], what: "activations" },
    "model.layers[2].attention.qkv (dense, repetition 2.4)",
  ],
] as const)("a layer is named by its path in the file: %o", (first, place) => {
  const network = { model: { findNonFiniteLayer: () => first } };
  expect(describeDivergedLoss(network, tensor(1), { training: true, step: 6 }, 2)).toBe(
    `the loss is not finite in epoch 2, training step 7: ${place} is the first layer whose activations ` +
      "are not finite. A smaller learning rate often helps.",
  );
});

test("finite parameters and buffers can be used", () => {
  expect(describeDivergedWeights({ backend, model: model(2, 3) }, 1)).toBeUndefined();
});

test("an infinite running variance ends training even if all parameters are finite", () => {
  expect(describeDivergedWeights({ backend, model: model(2, Infinity) }, 4)).toBe(
    "after epoch 4, layers.1.runningVariance has numbers that are not finite. A smaller learning rate often helps.",
  );
});

test("a parameter that is not finite is named first", () => {
  expect(describeDivergedWeights({ backend, model: model(NaN, Infinity) }, 4)).toContain(
    "layers.1.weight has",
  );
});
