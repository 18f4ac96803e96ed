// The compared libraries: this project, and its peers, each a program in peers/.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import type { Contender, EpochResult } from "./network.ts";
import { pythonCommand } from "./peers.ts";
import { cliPath } from "./program.ts";

/**
 * This project, run by its command line. The seconds are from timings.csv, which excludes validation.
 */
export function nnFromScratch(name: string, flags: readonly string[] = []): Contender {
  return {
    name: `nn-from-scratch, ${name}`,
    train({ folder, layers, batchSize, optimizer, clipNorm, epochs }) {
      const scratch = mkdtempSync(path.join(folder, "ours-"));
      const spec = path.join(scratch, "bench.yaml");
      const experiment = {
        name: "bench",
        dataset: { type: "mnist", validation: 0 },
        model: { layers },
        optimizer,
        training: { epochs, batchSize, clipNorm },
      };
      writeFileSync(spec, JSON.stringify(experiment)); // which is YAML, too
      const where = ["--data", path.dirname(folder), "--out", scratch];
      execute(process.execPath, [cliPath, "experiment", spec, "--workers", "1", ...where, ...flags]);
      const latest = path.join(scratch, "bench/latest");
      const losses = readColumn(path.join(latest, "epochs.csv"), "train.loss");
      return readColumn(path.join(latest, "timings.csv"), "imagesPerSecond").map((imagesPerSecond, i) => ({
        imagesPerSecond,
        loss: losses[i]!,
      }));
    },
  };
}

export function pytorch(threads: number): Contender {
  return {
    name: `PyTorch, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    peer: "PyTorch",
    train: (work) => trainPeer(pythonCommand(), "pytorch.py", { ...work, threads }),
  };
}

export function numpy(): Contender {
  return {
    name: "NumPy float32, 1 thread",
    peer: "NumPy",
    train: (work) => trainPeer(pythonCommand(), "numpy_mlp.py", work),
  };
}

export function jax(size: { readonly images: number; readonly epochs: number }): Contender {
  return {
    name: "jax-js, wasm",
    peer: "jax-js",
    ...size,
    train: (work) => trainPeer(process.execPath, "jax.ts", work),
  };
}

export function tensorflow(
  backend: "cpu" | "wasm",
  size: { readonly images: number; readonly epochs: number },
): Contender {
  return {
    name: `TensorFlow.js, ${backend}`,
    peer: "TensorFlow.js",
    ...size,
    train: (work) => trainPeer(process.execPath, "tensorflow.ts", { ...work, backend }),
  };
}

/** The rows of epochs, in one column of a table of the product. */
export function readColumn(table: string, name: string): number[] {
  const [header = [], ...rows] = readFileSync(table, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  return rows
    .filter((cells) => cells[header.indexOf("epoch")] !== "")
    .map((cells) => Number(cells[header.indexOf(name)]));
}

function trainPeer(command: string, program: string, work: object): EpochResult[] {
  return execute(command, [path.join(import.meta.dirname, "peers", program), JSON.stringify(work)])
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line): EpochResult => JSON.parse(line));
}

function execute(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error || status !== 0)
    throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? stderr}`);
  return stdout;
}
