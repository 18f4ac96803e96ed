import fc from "fast-check";
import { expect, test } from "vitest";

import { ExportError } from "../errors.ts";
import { createRandomNetwork } from "../testing/layer-networks.ts";
import { encodeJson } from "./export-json.ts";

const network = createRandomNetwork({
  name: "small",
  inputShape: [2, 2, 1],
  layers: [{ type: "flatten" }, { type: "dense", units: 3 }],
});

function read(bytes: Uint8Array) {
  return JSON.parse(new TextDecoder().decode(bytes));
}

test("JSON has the description and every tensor with its shape", () => {
  const json = read(encodeJson({ ...network, classNames: ["a", "b", "c"] }));
  expect(json).toMatchObject({
    format: "nn-from-scratch json 1",
    spec: network.spec,
    seed: 1,
    inputShape: [2, 2, 1],
    classCount: 3,
    classes: ["a", "b", "c"],
    normalization: network.normalization,
  });
  expect(Object.keys(json.tensors)).toEqual(["layers.1.weight", "layers.1.bias"]);
  expect(json.tensors["layers.1.weight"].shape).toEqual([4, 3]);
});

test("every finite float32 and float64 is read back with the same bits", () => {
  fc.assert(
    fc.property(
      fc.float32Array({ noNaN: true, minLength: 1 }),
      fc.float64Array({ noNaN: true, minLength: 1 }),
      (single, double) => {
        const floats = single.filter((value) => Number.isFinite(value));
        const doubles = double.filter((value) => Number.isFinite(value));
        const tensors = new Map([
          ["a", { shape: [floats.length], data: floats }],
          ["b", { shape: [doubles.length], data: doubles }],
        ]);
        const json = read(encodeJson({ ...network, tensors }));
        // JSON writes −0 as 0; adding 0 makes −0 a 0.
        expect(Float32Array.from(json.tensors.a.data)).toEqual(floats.map((value) => value + 0));
        expect(Float64Array.from(json.tensors.b.data)).toEqual(doubles.map((value) => value + 0));
      },
    ),
  );
});

test("a large tensor, which is written in chunks, is read back completely", () => {
  const data = Float32Array.from({ length: 250_001 }, (_, i) => i / 7);
  const json = read(encodeJson({ ...network, tensors: new Map([["a", { shape: [250_001], data }]]) }));
  expect(Float32Array.from(json.tensors.a.data)).toEqual(data);
});

test.each([NaN, Infinity, -Infinity])(
  "%s is rejected: the message names the tensor and what to do",
  (value) => {
    const tensors = new Map([["layers.1.bias", { shape: [1], data: Float32Array.of(value) }]]);
    const encode = () => encodeJson({ ...network, tensors });
    expect(encode).toThrow(ExportError);
    expect(encode).toThrow('small: the tensor "layers.1.bias" (1) has non-finite numbers');
  },
);
