// The compared libraries: this project, and its peers, each a program in peers/.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import type { Contender, EpochResult } from "./network.ts";

const root = path.dirname(import.meta.dirname);
const python = { command: "/usr/bin/python3" };

/** Selects the Python interpreter for the peers. Returns whether it has NumPy and PyTorch. */
export function selectPython(command: string): boolean {
  python.command = command;
  return spawnSync(command, ["-c", "import numpy, torch"]).status === 0;
}

/**
 * This project, run by its command line. The seconds are from timings.csv, which excludes validation.
 */
export function nnFromScratch(name: string, flags: readonly string[] = []): Contender {
  return {
    name: `nn-from-scratch, ${name}`,
    train({ folder, layers, batchSize, learningRate, epochs }) {
      const scratch = mkdtempSync(path.join(folder, "ours-"));
      const spec = path.join(scratch, "bench.yaml");
      const experiment = {
        name: "bench",
        dataset: { type: "mnist", validation: 0 },
        model: { layers },
        optimizer: { type: "sgd", learningRate, momentum: 0.9 },
        training: { epochs, batchSize },
      };
      writeFileSync(spec, JSON.stringify(experiment)); // which is YAML, too
      const cli = path.join(root, "packages/cli/src/cli.js");
      const where = ["--data", path.dirname(folder), "--out", scratch];
      execute(process.execPath, [cli, "experiment", spec, "--workers", "1", ...where, ...flags]);
      const latest = path.join(scratch, "bench/latest");
      const losses = column(path.join(latest, "epochs.csv"), "train.loss");
      return column(path.join(latest, "timings.csv"), "imagesPerSecond").map((imagesPerSecond, i) => ({
        imagesPerSecond,
        loss: losses[i]!,
      }));
    },
  };
}

export function pytorch(threads: number): Contender {
  return {
    name: `PyTorch, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    train: (work) => peer(python.command, "pytorch.py", { ...work, threads }),
  };
}

export function numpy(): Contender {
  return {
    name: "NumPy float32, 1 thread",
    train: (work) => peer(python.command, "numpy_mlp.py", work),
  };
}

export function tensorflow(
  backend: "cpu" | "wasm",
  size: { readonly images: number; readonly epochs: number },
): Contender {
  return {
    name: `TensorFlow.js, ${backend}`,
    ...size,
    train: (work) => peer(process.execPath, "tensorflow.ts", { ...work, backend }),
  };
}

/** Returns one column of a result table, for the rows of epochs. */
function column(table: string, name: string): number[] {
  const [header = [], ...rows] = readFileSync(table, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  return rows
    .filter((cells) => cells[header.indexOf("epoch")] !== "")
    .map((cells) => Number(cells[header.indexOf(name)]));
}

function peer(command: string, program: string, work: object): EpochResult[] {
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
