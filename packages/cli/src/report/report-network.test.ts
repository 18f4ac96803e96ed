import type { SavedNetwork } from "@nn/training";
import { expect, test } from "vitest";

import { toReportNetwork } from "./report-network.ts";

function saved(layers: SavedNetwork["spec"]["model"]["layers"], numbers: number): SavedNetwork {
  return {
    source: "x",
    spec: {
      dataset: { type: "mnist", validation: 0, normalize: false },
      model: { initializer: { type: "he" }, layers },
      loss: { type: "cross-entropy" },
      optimizer: { type: "sgd" },
      schedule: { type: "constant" },
      training: { epochs: 1, batchSize: 1, shuffle: true },
    },
    seed: 1,
    experimentSeed: 1,
    inputShape: [28, 28, 1],
    classes: 10,
    tensors: new Map([
      ["layers.0.weight", { shape: [numbers], data: new Float32Array(numbers).fill(1 / 3) }],
    ]),
  };
}

test("a small network is stored exactly", () => {
  const { precision, numbers, tensors } = toReportNetwork(saved([{ type: "flatten" }], 5), 3)!;
  expect(precision).toBe("float32");
  expect(tensors).toEqual([{ name: "layers.0.weight", shape: [5] }]);
  const bytes = Uint8Array.from(Buffer.from(numbers, "base64"));
  expect([...new Float32Array(bytes.buffer)]).toEqual(Array.from({ length: 5 }, () => Math.fround(1 / 3)));
});

test("a larger one is rounded to half precision, and a huge one is left out", () => {
  const half = toReportNetwork(saved([{ type: "flatten" }], 400_001), 3)!;
  expect(half.precision).toBe("float16");
  expect(Buffer.from(half.numbers, "base64")).toHaveLength(800_002);
  expect(toReportNetwork(saved([{ type: "flatten" }], 1_000_001), 3)).toBeUndefined();
});

test("a page cannot load custom layers, not even nested ones", () => {
  expect(toReportNetwork(saved([{ type: "./swish.ts" }], 5), 3)).toBeUndefined();
  const nested = { type: "residual", layers: [{ type: "./swish.ts" }] };
  expect(toReportNetwork(saved([nested], 5), 3)).toBeUndefined();
});
