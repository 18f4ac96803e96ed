import { readFileSync } from "node:fs";

import { layers } from "@nn/layers";
import { expect, test } from "vitest";

import { torchExports } from "../src/pytorch/torch-exports.ts";
import { compareWithTorch, networksWithTensors, python, hashTorchFiles } from "./compare-with-torch.ts";

test("every layer of the catalog has an export", () => {
  expect(Object.keys(torchExports).sort()).toEqual([...layers.keys()].sort());
});

// `node packages/formats/golden/write-torch.ts` writes the file after PyTorch has computed the same outputs.
test("the exported files are those that were tested with PyTorch", () => {
  const golden: unknown = JSON.parse(readFileSync(new URL("../golden/torch.json", import.meta.url), "utf8"));
  expect(networksWithTensors.length).toBeGreaterThan(50);
  expect(hashTorchFiles()).toEqual(golden);
});

test.skipIf(python === undefined)(
  "PyTorch's modules with the exported tensors give our outputs, for every layer with tensors",
  async () => {
    const differences = await compareWithTorch();
    expect([...differences.keys()].sort()).toEqual(networksWithTensors.map(({ name }) => name).sort());
    expect([...differences].filter(([, difference]) => !(difference < 1e-5))).toEqual([]);
  },
  60_000,
);
