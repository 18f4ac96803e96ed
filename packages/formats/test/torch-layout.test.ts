import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { layers } from "@nn/layers";
import { createReferenceBackend, createRng, sizeOf } from "@nn/tensor";
import { loadNetwork } from "@nn/training";
import { expect, onTestFinished, test } from "vitest";

import { encodeTorch } from "../src/index.ts";
import { torchExports } from "../src/pytorch/torch-exports.ts";
import { layerNetworks, randomNetwork } from "../src/testing.ts";

// PyTorch (Debian: python3-torch) computes the outputs from the exported tensors.
const python = ["python3", "/usr/bin/python3"].find(
  (name) => spawnSync(name, ["-c", "import torch"]).status === 0,
);

/** The networks of the layers that have tensors. */
const networks = layerNetworks.filter(
  ({ name }) => torchExports[name.replace(/ \d+$/, "")] !== torchExports["flatten"],
);

test("every layer of the catalog has an export", () => {
  expect(Object.keys(torchExports).sort()).toEqual([...layers.keys()].sort());
});

test.skipIf(python === undefined)(
  "PyTorch's modules with the exported tensors give our outputs, for every layer with tensors",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "nn-torch-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const each of networks) {
      const network = randomNetwork(each);
      const rng = createRng(5).fork(each.name);
      const shape = [3, ...each.inputShape];
      const images = Array.from({ length: sizeOf(shape) }, () => Math.floor(256 * rng.uniform()));
      const { mean, deviation } = network.normalization!;
      const backend = createReferenceBackend("float32");
      const { model } = await loadNetwork(network, { backend, experimentFolder: folder });
      const x = backend.allocate(shape);
      x.data.set(images.map((byte) => (byte - mean) / deviation));
      const outputs = [...model.forward(x, { training: false, step: 0 }).data];
      writeFileSync(join(folder, `${each.name}.safetensors`), encodeTorch(network));
      writeFileSync(join(folder, `${each.name}.json`), JSON.stringify({ shape, images, outputs }));
    }
    const printed = execFileSync(python!, [join(import.meta.dirname, "torch_layout.py"), folder], {
      encoding: "utf8",
    });
    const differences = new Map<string, number>(
      printed
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    );
    expect(networks.length).toBeGreaterThan(50);
    expect([...differences.keys()].sort()).toEqual(networks.map(({ name }) => name).sort());
    for (const [name, difference] of differences)
      expect({ name, isSmall: difference < 1e-5 }).toEqual({ name, isSmall: true });
  },
  60_000,
);
