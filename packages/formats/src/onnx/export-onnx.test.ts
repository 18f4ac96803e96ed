import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { layers } from "@nn/layers";
import { describe, expect, test } from "vitest";

import { ExportError } from "../errors.ts";
import { formatGraph } from "../testing/format-graph.ts";
import { layerNetworks, createRandomNetwork, type LayerNetwork } from "../testing/layer-networks.ts";
import { encodeOnnx, createOnnxModel } from "./export-onnx.ts";
import { layerExports } from "./layer-exports.ts";

const small: LayerNetwork = {
  name: "small",
  inputShape: [2, 2, 1],
  layers: [{ type: "flatten" }, { type: "dense", units: 3 }],
};

test("every layer of the catalog has an export, and a network that was tested with ONNX Runtime", () => {
  const types = [...layers.keys()].sort();
  expect(Object.keys(layerExports).sort()).toEqual(types);
  const judged = new Set(layerNetworks.map(({ name }) => name.replace(/ \d+$/, "")));
  expect([...judged].sort()).toEqual(types);
});

// `pnpm run bench:onnx --write-golden` writes the file after ONNX Runtime has computed the same outputs.
const golden = readFileSync(new URL("../../golden/graphs.txt", import.meta.url), "utf8");
const sections = new Map(
  golden
    .split(/^# /m)
    .slice(1)
    .map((section) => [section.split(":")[0]!, section]),
);

describe("graphs and files are those that were tested with ONNX Runtime", () => {
  test.each(layerNetworks)("$name", (each) => {
    const network = createRandomNetwork(each);
    const digest = createHash("sha256").update(encodeOnnx(network)).digest("hex");
    const section = `${each.name}: sha256 ${digest}\n${formatGraph(createOnnxModel(network).graph)}`;
    expect(section.trim()).toBe(sections.get(each.name)?.trim());
  });
});

test.each(layerNetworks)(
  "$name: nodes read only what was computed before them, and no constant is unused",
  (each) => {
    const { nodes, initializers, inputs, outputs } = createOnnxModel(createRandomNetwork(each)).graph;
    const known = new Set([...inputs, ...initializers].map(({ name }) => name));
    const read = new Set<string>();
    for (const { inputs: from, outputs: to } of nodes) {
      for (const name of from) {
        expect(known).toContain(name);
        read.add(name);
      }
      for (const name of to) {
        expect(known).not.toContain(name);
        known.add(name);
      }
    }
    expect(initializers.filter(({ name }) => !read.has(name))).toEqual([]);
    for (const { name } of outputs) expect(known).toContain(name);
  },
);

test("pixels are normalized as in training: by the training images' mean, or byte / 255", () => {
  const network = createRandomNetwork(small);
  const normalized = formatGraph(createOnnxModel(network).graph);
  expect(normalized).toContain('"normalize/Sub" = Sub("image", "number 120")');
  expect(normalized).toContain('"normalize/Div" = Div("normalize/Sub", "number 70")');
  const plain = formatGraph(createOnnxModel({ ...network, normalization: undefined }).graph);
  expect(plain).toContain('"normalize/Div" = Div("image", "number 255")');
});

test("probabilities are the sigmoids of the logits for binary-cross-entropy, else their softmax", () => {
  const network = createRandomNetwork(small);
  const spec = { ...network.spec, loss: { type: "binary-cross-entropy" } };
  expect(formatGraph(createOnnxModel({ ...network, spec }).graph)).toContain(
    '"probabilities" = Sigmoid("logits")',
  );
  expect(formatGraph(createOnnxModel(network).graph)).toContain(
    '"probabilities" = Softmax("logits", axis: -1)',
  );
});

test("the outputs of a last softmax are the probabilities, because mean-squared-error applies none", () => {
  const layers = [...small.layers, { type: "softmax" }];
  const network = createRandomNetwork({ ...small, layers });
  const spec = { ...network.spec, loss: { type: "mean-squared-error" } };
  expect(formatGraph(createOnnxModel({ ...network, spec }).graph)).toContain(
    '"probabilities" = Identity("logits")',
  );
});

test("the metadata describe the network as those of model.safetensors do", () => {
  const classNames = ["a", "b", "c"];
  const { metadata } = createOnnxModel({ ...createRandomNetwork(small), classNames });
  expect(metadata).toMatchObject({
    seed: "1",
    inputShape: "[2,2,1]",
    classCount: "3",
    classes: '["a","b","c"]',
    normalization: '{"deviation":70,"mean":120}',
  });
  expect(JSON.parse(metadata["spec"]!)).toEqual(createRandomNetwork(small).spec);
});

test("a custom layer cannot be exported: the message names it and what to do", () => {
  const network = createRandomNetwork(small);
  const model = { ...network.spec.model, layers: [{ type: "./layers/swish.ts", beta: 1 }] };
  const encode = () => encodeOnnx({ ...network, spec: { ...network.spec, model } });
  expect(encode).toThrow(ExportError);
  expect(encode).toThrow(
    'small: the custom layer "./layers/swish.ts" cannot be exported to ONNX. Export the ' +
      "network with --to safetensors",
  );
});

test("weights of 2 GB or more are rejected, because no protobuf file can have them", () => {
  const network = createRandomNetwork(small);
  const large = { shape: [1 << 20], data: new Float32Array(1 << 20) }; // 4 MiB, 512 times
  const tensors = new Map([
    ...network.tensors,
    ...Array.from({ length: 512 }, (_, k) => [`${k}`, large] as const),
  ]);
  expect(() => encodeOnnx({ ...network, tensors })).toThrow("an ONNX file has at most 2 GB");
});
