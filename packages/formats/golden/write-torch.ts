// Compares the export for PyTorch with PyTorch (Debian: python3-torch), and writes torch.json beside it if
// all
// outputs agree: the SHA-256 of each exported file.
//
//   node packages/formats/golden/write-torch.ts
import { writeFileSync } from "node:fs";

import { compareWithTorch, python, hashTorchFiles } from "../test/compare-with-torch.ts";

if (python === undefined) throw new Error("no Python with PyTorch: install python3-torch");
const differences = await compareWithTorch();
const largest = Math.max(...differences.values());
console.log(`${differences.size} networks, largest difference ${largest.toExponential(1)}`);
if (!(largest < 1e-5)) throw new Error("PyTorch computes other outputs: nothing was written");
writeFileSync(new URL("torch.json", import.meta.url), `${JSON.stringify(hashTorchFiles(), null, 2)}\n`);
