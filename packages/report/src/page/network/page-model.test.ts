import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import type { ReportNetwork } from "../../data/network-data.ts";
import { getFirstLayerFilters } from "./first-layer-filters.ts";
import { buildPageModel } from "./page-model.ts";

const layers = [
  {
    type: "conv2d",
    filters: 3,
    kernelSize: 2,
    stride: 1,
    padding: "valid",
    dilation: 1,
    groups: 1,
    bias: true,
  },
  { type: "tanh" },
  { type: "flatten" },
  { type: "dense", units: 4, bias: true },
];
const tensors = [
  { name: "layers.0.weight", shape: [2, 2, 1, 3] },
  { name: "layers.0.bias", shape: [3] },
  { name: "layers.3.weight", shape: [27, 4] },
  { name: "layers.3.bias", shape: [4] },
];

function network(changes: Partial<ReportNetwork> = {}): ReportNetwork {
  const rng = createRng(3);
  const numbers = Float32Array.from({ length: 12 + 3 + 108 + 4 }, () => rng.normal() / 2);
  return {
    trial: 1,
    layers,
    probabilityFunction: "softmax",
    inputShape: [4, 4, 1],
    normalization: null,
    drawsSymbols: true,
    precision: "float32",
    tensors,
    numbers: Buffer.from(numbers.buffer).toString("base64"),
    ...changes,
  };
}

const image = Uint8Array.from({ length: 16 }, (_, at) => (at * 37) % 256);

test("saliency is the derivative of an output by each pixel", () => {
  const model = buildPageModel(network());
  const outputsOf = (pixels: Uint8Array): Float32Array => model.activations(pixels).at(-1)!.values;
  const label = 2;
  const gradient = model.saliency(image, label);
  for (let pixel = 0; pixel < image.length; pixel++) {
    const [below, above] = [image.slice(), image.slice()];
    below[pixel] = Math.max(0, image[pixel]! - 4);
    above[pixel] = Math.min(255, image[pixel]! + 4);
    const step = (above[pixel]! - below[pixel]!) / 255;
    const slope = (outputsOf(above)[label]! - outputsOf(below)[label]!) / step;
    expect(gradient[pixel]).toBeCloseTo(slope, 3);
  }
  expect(gradient.some((value) => Math.abs(value) > 0.01)).toBe(true);
});

test("probabilities are the softmax or the sigmoids of the outputs, or the outputs themselves", () => {
  const model = buildPageModel(network());
  const outputs = [...model.activations(image).at(-1)!.values];
  const sum = outputs.reduce((total, output) => total + Math.exp(output), 0);
  const probabilities = model.probabilities(image);
  for (const [label, output] of outputs.entries())
    expect(probabilities[label]).toBeCloseTo(Math.exp(output) / sum, 6);
  const sigmoids = buildPageModel(network({ probabilityFunction: "sigmoid" })).probabilities(image);
  for (const [label, output] of outputs.entries())
    expect(sigmoids[label]).toBeCloseTo(1 / (1 + Math.exp(-output)), 6);
  expect(buildPageModel(network({ probabilityFunction: "identity" })).probabilities(image)).toEqual(outputs);
});

test("pixels are normalized as in training", () => {
  const plain = buildPageModel(network()).activations(image).at(-1)!.values;
  const same = buildPageModel(network({ normalization: { mean: 0, deviation: 255 } }));
  expect(same.activations(image).at(-1)!.values).toEqual(plain);
  const other = buildPageModel(network({ normalization: { mean: 30, deviation: 80 } }));
  expect(other.activations(image).at(-1)!.values).not.toEqual(plain);
});

test("each layer reports its output with its shape", () => {
  const found = buildPageModel(network()).activations(image);
  expect(found.map(({ type, shape }) => [type, shape])).toEqual([
    ["conv2d", [3, 3, 3]],
    ["tanh", [3, 3, 3]],
    ["flatten", [27]],
    ["dense", [4]],
  ]);
});

test("a network whose tensors do not fit its layers is refused", () => {
  const missing = {
    ...network(),
    tensors: tensors.with(3, { name: "x", shape: [4] }),
  };
  expect(() => buildPageModel(missing)).toThrow('The network has no tensor "layers.3.bias".');
});

test("the filters of a convolution are its kernels, the largest first", () => {
  const model = buildPageModel(network());
  const filters = getFirstLayerFilters(model)!;
  expect(filters).toMatchObject({ kind: "convolution", width: 2, height: 2, total: 3 });
  const norms = filters.pictures.map((picture) => picture.reduce((sum, value) => sum + value * value, 0));
  expect(norms).toEqual(norms.toSorted((a, b) => b - a));
  const { data } = model.tensors.get("layers.0.weight")!;
  const weights = Float32Array.from(filters.pictures.flatMap((picture) => Array.from(picture)));
  expect(weights.sort()).toEqual(Float32Array.from(data).sort());
});

test("the filters of a dense layer have the shape of the image", () => {
  const numbers = Float32Array.from({ length: 16 * 2 + 2 }, (_, at) => at);
  const dense = network({
    layers: [{ type: "flatten" }, { type: "dense", units: 2, bias: true }],
    tensors: [
      { name: "layers.1.weight", shape: [16, 2] },
      { name: "layers.1.bias", shape: [2] },
    ],
    numbers: Buffer.from(numbers.buffer).toString("base64"),
  });
  const filters = getFirstLayerFilters(buildPageModel(dense))!;
  expect(filters).toMatchObject({ kind: "dense", width: 4, height: 4, total: 2 });
  // The weights of the second neuron are the odd numbers, and larger.
  expect([...filters.pictures[0]!]).toEqual(Array.from({ length: 16 }, (_, pixel) => 2 * pixel + 1));
});
