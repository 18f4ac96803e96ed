// Runs one sweep with this project and with Optuna and PyTorch, alternately, and prints the seconds of each
// command and their ratio: a grid of 24 trials of one epoch, 784-128-10, batches of 100, SGD; each evaluated
// on validation and test images. Both use two processes with one thread each.
//
//   pnpm run bench:sweep [--rounds 3] [--python PATH]
//
// Needs: Debian's python3-torch, python3-optuna and python3-numpy. Unlike Optuna, this project also saves the
// weights and tables of each trial.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { writeImages } from "./images.ts";
import { choosePython, hasPeer, pythonCommand } from "./peers.ts";
import { cliPath } from "./program.ts";
import { formatFigures, Measurements, printTable } from "./record/measurements.ts";

const PROCESSES = 2;
const VALIDATION = 10_000;
const BATCH_SIZE = 100;
const grid = {
  learningRate: [0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2],
  momentum: [0, 0.5, 0.8],
};

interface Outcome {
  readonly seconds: number;
  readonly trials: number;
  /** Validation accuracy. */
  readonly best: number;
}

const rounds = readRounds();
const scratch = mkdtempSync(path.join(tmpdir(), "nn-sweep-"));
try {
  const folder = writeImages(path.join(scratch, "data"), 60_000, 10_000);
  const contenders = new Map([["nn-from-scratch", () => ours(folder)]]);
  if (hasPeer("Optuna") && hasPeer("PyTorch")) contenders.set("Optuna, PyTorch", () => optuna(folder));
  const seconds = new Measurements();
  for (let round = 1; round <= rounds; round++) {
    for (const [name, run] of contenders) {
      const outcome = run();
      seconds.add({ setting: `${outcome.trials} trials, two processes`, name, unit: "s" }, outcome.seconds);
      const found = `${outcome.trials} trials, best validation accuracy ${outcome.best.toFixed(4)}`;
      process.stderr.write(`${name.padEnd(16)} ${outcome.seconds.toFixed(2).padStart(7)} s   ${found}\n`);
    }
  }
  const rows = seconds.record();
  const [own] = rows;
  printTable(
    [`seconds, ${rounds} rounds`, "median", "lowest", "highest", "our share of its time"],
    rows.map((row) => [row.name, formatFigures(row), (own!.median / row.median).toFixed(3)]),
  );
} finally {
  rmSync(scratch, { recursive: true });
}

function readRounds(): number {
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: "string", default: "3" },
        python: { type: "string", default: "/usr/bin/python3" },
      },
    });
    choosePython(values.python);
    return Number(values.rounds);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error("Usage: pnpm run bench:sweep [--rounds 3] [--python PATH]");
    process.exit(2);
  }
}

function ours(folder: string): Outcome {
  const out = mkdtempSync(path.join(scratch, "ours-"));
  const spec = path.join(out, "sweep.yaml");
  const experiment = {
    name: "sweep",
    dataset: { type: "mnist", validation: VALIDATION },
    model: {
      layers: [
        { type: "flatten" },
        { type: "dense", units: 128 },
        { type: "relu" },
        { type: "dense", units: 10 },
      ],
    },
    optimizer: { type: "sgd", learningRate: 0.1 },
    training: { epochs: 1, batchSize: BATCH_SIZE },
    sweep: {
      sampler: { type: "grid" },
      metric: "validation.accuracy",
      goal: "maximize",
      parameters: Object.fromEntries(
        Object.entries(grid).map(([name, values]) => [`optimizer.${name}`, values]),
      ),
    },
  };
  writeFileSync(spec, JSON.stringify(experiment)); // which is YAML, too
  const flags = ["--workers", String(PROCESSES), "--data", path.dirname(folder), "--out", out];
  const { seconds } = timed(process.execPath, [cliPath, "experiment", spec, ...flags]);
  const [header = [], ...rows] = readFileSync(path.join(out, "sweep/latest/results.csv"), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const accuracies = rows.map((cells) => Number(cells[header.indexOf("validation.accuracy")]));
  return { seconds, trials: rows.length, best: Math.max(...accuracies) };
}

function optuna(folder: string): Outcome {
  const storage = path.join(mkdtempSync(path.join(scratch, "optuna-")), "journal.log");
  const work = {
    folder,
    storage,
    validation: VALIDATION,
    batchSize: BATCH_SIZE,
    processes: PROCESSES,
    grid,
  };
  const program = path.join(import.meta.dirname, "peers/optuna_sweep.py");
  const { seconds, output } = timed(pythonCommand(), [program, JSON.stringify(work)]);
  const { trials, best }: Omit<Outcome, "seconds"> = JSON.parse(output);
  return { seconds, trials, best };
}

function timed(command: string, args: readonly string[]): { seconds: number; output: string } {
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  const seconds = (performance.now() - start) / 1000;
  if (error || status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`);
  return { seconds, output: stdout };
}
