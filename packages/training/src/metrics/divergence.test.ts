import type { Model } from "@nn/layers";
import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { toySpec } from "../testing/toy-training.ts";
import { describeDivergedLoss, describeDivergedWeights, type DivergenceCauses } from "./divergence.ts";

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
  const network = { backend, model: { findNonFiniteLayer: () => first, penalty: () => 0 } };
  const batch = { images: tensor(1), pass: { training: true, step: 6 }, epoch: 2, isBeforeFirstStep: false };
  expect(describeDivergedLoss(network, toySpec, batch)).toBe(
    `the loss is not finite in epoch 2, training step 7: ${place} is the first layer whose activations ` +
      "are not finite. A smaller learning rate often helps.",
  );
});

const dense = { path: [1], type: "dense", times: [] } as const;
const ownInitializer = {
  ...toySpec.model,
  layers: [{ type: "flatten" }, { type: "dense", initializer: { type: "./i.ts" } }],
};

test.each([
  [
    "the weights of a layer",
    { first: { ...dense, what: "weights" }, spec: { ...toySpec, model: ownInitializer } },
    "model.layers[1] (dense) is the first layer whose weights are not finite. " +
      "No weight has been trained yet: check the initializer ./i.ts.",
  ],
  [
    "the activations of a layer",
    { first: { ...dense, what: "activations" } },
    "model.layers[1] (dense) is the first layer whose activations are not finite. " +
      "No weight has been trained yet: check this layer and the initializer he.",
  ],
  [
    "the images",
    { image: NaN, spec: { ...toySpec, augment: [{ type: "rotate" }, { type: "./a.ts" }] } },
    "the images of the batch have numbers that are not finite. Check the augmentations: rotate, ./a.ts.",
  ],
  [
    "the images without augmentations",
    { image: Infinity },
    "the images of the batch have numbers that are not finite. Check the data set mnist.",
  ],
  ["the loss alone", {}, "No weight has been trained yet: check the loss cross-entropy."],
  ["the penalty", { penalty: Infinity }, "The regularization penalty is not: lower it."],
] as const)("before the first step, %s that are not finite are not blamed on the learning rate", (...row) => {
  const [, { first, spec = toySpec, image = 1, penalty = 0 }, reason]: readonly [
    string,
    {
      readonly first?: ReturnType<Model["findNonFiniteLayer"]>;
      readonly spec?: DivergenceCauses;
      readonly image?: number;
      readonly penalty?: number;
    },
    string,
  ] = row;
  const network = { backend, model: { findNonFiniteLayer: () => first, penalty: () => penalty } };
  const pass = { training: true, step: 0 };
  const batch = { images: tensor(image), pass, epoch: 1, isBeforeFirstStep: true };
  const message = describeDivergedLoss(network, spec, batch);
  expect(message).toContain("the loss is not finite in epoch 1, training step 1");
  expect(message).toContain(reason);
  expect(message).not.toContain("learning rate");
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
