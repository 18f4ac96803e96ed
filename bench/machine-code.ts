// What V8 makes of the kernels: the number of 128-bit and of 256-bit multiplications and additions in the machine
// code of each function. A 128-bit one in a hot loop of pairs is a pair that V8 has not merged. Run it after a
// change of the kernels or of Node. Needs an x86-64 processor with AVX2.
//
//   pnpm run bench:machine-code
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import {
  compileModifiedKernels,
  ensureKernelsCompiled,
  getNodeFlags,
} from "../packages/kernels/src/node/index.ts";
import { printTable } from "./record/measurements.ts";

/** Floating-point instructions that the kernels use in pairs, for float32 and float64. */
const INSTRUCTION = /\bv(?:mul|add|sub)p[sd] (x|y)mm/g;

await ensureKernelsCompiled();
const names = readFunctionNames(await compileModifiedKernels((text) => text, { debug: true }));
// V8 loses output that a pipe does not take at once, so it prints to a file.
const scratch = mkdtempSync(path.join(tmpdir(), "nn-machine-code-"));
const file = path.join(scratch, "code.txt");
const output = openSync(file, "w");
const { status, stderr } = spawnSync(
  process.execPath,
  [...getNodeFlags(256), "--print-wasm-code", path.join(import.meta.dirname, "kernels.ts"), "child"],
  { stdio: ["ignore", output, "pipe"], encoding: "utf8" },
);
closeSync(output);
const printed = readFileSync(file, "utf8");
rmSync(scratch, { recursive: true });
if (status !== 0) throw new Error(stderr);

/** The number of instructions of each width, by function. */
const counts = new Map<string, { narrow: number; wide: number }>();
for (const code of printed.split("--- WebAssembly code ---")) {
  const name = names.get(Number(/^index: (\d+)$/m.exec(code)?.[1]));
  const widths = [...code.matchAll(INSTRUCTION)].map(([, register]) => register);
  if (name === undefined || widths.length === 0) continue;
  const wide = widths.filter((register) => register === "y").length;
  counts.set(name, { narrow: widths.length - wide, wide });
}
if (counts.size === 0) throw new Error("This V8 prints no machine code of the kernels.");
printTable(
  ["function", "128 bit", "256 bit"],
  [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { narrow, wide }]) => [name, `${narrow}`, `${wide}`]),
);

/** Reads the names of the functions of a module from its custom section "name", by index. */
function readFunctionNames(binary: Uint8Array): ReadonlyMap<number, string> {
  const [section] = WebAssembly.Module.customSections(
    new WebAssembly.Module(Uint8Array.from(binary)),
    "name",
  );
  const bytes = new Uint8Array(section!);
  let at = 0;
  const readNumber = (): number => {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      number += (byte & 127) * 2 ** shift;
      if (byte < 128) return number;
    }
  };
  const functions = new Map<number, string>();
  while (at < bytes.length) {
    const kind = bytes[at++];
    const end = readNumber() + at;
    // Subsection 1 has the names of functions: their number, then index, length and text of each.
    for (let left = kind === 1 ? readNumber() : 0; left > 0; left--) {
      const index = readNumber();
      const length = readNumber();
      functions.set(index, new TextDecoder().decode(bytes.subarray(at, at + length)));
      at += length;
    }
    at = end;
  }
  return functions;
}
