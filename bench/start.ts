// Measures the time that commands take besides training: from the start of the process to its end, the part of
// `experiment` that is not training, and the time until a worker process is ready to train. The commands
// alternate. Medians over several rounds; the first round, which builds the bundle of the program, is
// discarded.
//
//   pnpm run bench:start [ROUNDS]                                 nine rounds unless told otherwise
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { cliPath, Program } from "./program.ts";
import { formatFigures, Measurements, printTable } from "./record/measurements.ts";
import { measureWorkerStart } from "./worker-start.ts";

const rounds = Number(process.argv[2] ?? 9);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error("Usage: pnpm run bench:start [ROUNDS]");
  process.exit(2);
}
const root = path.dirname(import.meta.dirname);
const quickstart = path.join(root, "experiments/quickstart.yaml");
const scratch = mkdtempSync(path.join(tmpdir(), "nn-start-"));

/** The commands by their names in the table. */
const commands: Readonly<Record<string, readonly string[]>> = {
  "node -e 0": ["-e", "0"],
  "--version": [cliPath, "--version"],
  "explain adam": [cliPath, "explain", "adam"],
  "validate quickstart.yaml": [cliPath, "validate", quickstart],
  "experiment quickstart.yaml": [cliPath, "experiment", quickstart, "--fresh", "--out", scratch],
};
const TRAINING = "of it, training and evaluation";
const BESIDE = "beside them: checks, data, kernels, final files";
const WORKER = "a worker, ready to train";

try {
  const seconds = new Measurements();
  const add = (name: string, value: number): void =>
    seconds.add({ setting: "whole command", name, unit: "s" }, value);
  for (let round = 0; round <= rounds; round++) {
    for (const [name, args] of Object.entries(commands)) {
      const since = performance.now();
      const program = new Program(process.execPath, args);
      const code = await program.ended;
      const taken = (performance.now() - since) / 1000;
      if (code !== 0) throw new Error(`${name} ended with ${code}:\n${program.output}`);
      if (round === 0) continue;
      add(name, taken);
      if (!name.startsWith("experiment")) continue;
      const training = trainingSeconds();
      add(TRAINING, training);
      add(BESIDE, taken - training);
    }
    const ready = await measureWorkerStart(quickstart, scratch);
    if (round > 0) add(WORKER, ready);
  }
  printTable(
    [`seconds, ${rounds} rounds`, "median", "lowest", "highest"],
    seconds.record().map((row) => [row.name, formatFigures(row)]),
  );
} finally {
  rmSync(scratch, { recursive: true });
}

/** The seconds of the epochs of the quickstart's trial, with their evaluation. */
function trainingSeconds(): number {
  const [, ...rows] = readFileSync(path.join(scratch, "quickstart/latest/timings.csv"), "utf8")
    .trim()
    .split("\n");
  const cells = rows.map((row) => row.split(","));
  return cells.filter(([, epoch]) => epoch !== "").reduce((sum, [, , , seconds]) => sum + Number(seconds), 0);
}
