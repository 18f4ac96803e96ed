import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createReferenceBackend, createRng, countElements } from "@nn/tensor";
import { loadNetwork } from "@nn/training";

import { encodeTorch } from "../src/index.ts";
import { torchExports } from "../src/pytorch/torch-exports.ts";
import { layerNetworks, createRandomNetwork } from "../src/testing.ts";

/** A Python that has PyTorch (Debian: python3-torch); undefined if there is none. */
export const python = ["python3", "/usr/bin/python3"].find(
  (name) => spawnSync(name, ["-c", "import torch"]).status === 0,
);

/** The networks of the layers that have tensors. */
export const networksWithTensors = layerNetworks.filter(
  ({ name }) => torchExports[name.replace(/ \d+$/, "")] !== torchExports["flatten"],
);

/** Returns the SHA-256 of the exported file of each network by name. */
export function hashTorchFiles(): Record<string, string> {
  return Object.fromEntries(
    networksWithTensors.map((each) => [
      each.name,
      createHash("sha256")
        .update(encodeTorch(createRandomNetwork(each)))
        .digest("hex"),
    ]),
  );
}

/**
 * Returns the largest difference between our outputs and those of PyTorch's modules with the exported
 * tensors,
 * relative to the largest output or 1, by the name of the network.
 */
export async function compareWithTorch(): Promise<Map<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), "nn-torch-"));
  try {
    for (const each of networksWithTensors) {
      const network = createRandomNetwork(each);
      const rng = createRng(5).fork(each.name);
      const shape = [3, ...each.inputShape];
      const images = Array.from({ length: countElements(shape) }, () => Math.floor(256 * rng.uniform()));
      const { mean, deviation } = network.normalization!;
      const backend = createReferenceBackend("float32");
      const { model } = await loadNetwork(network, { backend, experimentFolder: folder });
      const x = backend.allocate(shape);
      x.data.set(images.map((byte) => (byte - mean) / deviation));
      const outputs = [...model.forward(x, { training: false, step: 0 }).data];
      writeFileSync(join(folder, `${each.name}.safetensors`), encodeTorch(network));
      writeFileSync(join(folder, `${each.name}.json`), JSON.stringify({ shape, images, outputs }));
    }
    const program = join(import.meta.dirname, "torch_layout.py");
    const printed = execFileSync(python!, [program, folder], { encoding: "utf8" });
    return new Map(
      printed
        .trim()
        .split("\n")
        .map((line): [string, number] => JSON.parse(line)),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
