// Measures the time of a trial outside its training: scheduling, messages, journal, tables, building and
// saving the network. Runs a sweep of tiny trials on one worker, observes when the journal records the end of
// each, and subtracts the training time from the time between two ends. Prints medians over the first and the
// last hundred trials, and the coordinator's memory at both ends.
//
//   pnpm run bench:overhead [TRIALS]                              1,000 trials unless told otherwise
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";

import { writeImages } from "./images.ts";
import { cliPath } from "./program.ts";
import { formatNumber, Measurements, printTable } from "./record/measurements.ts";

/** The time of one trial in milliseconds, and the coordinator's memory after it in MB. */
interface Cost {
  /** Time since the end of the previous trial. */
  readonly wall: number;
  /** The part of `wall` that was spent on training. */
  readonly training: number;
  readonly memory: number;
}

const trials = Number(process.argv[2] ?? 1000);
if (!Number.isInteger(trials) || trials < 2) {
  console.error("Usage: pnpm run bench:overhead [TRIALS]");
  process.exit(2);
}
const scratch = mkdtempSync(path.join(tmpdir(), "nn-overhead-"));
try {
  print(await measure());
} finally {
  rmSync(scratch, { recursive: true });
}

/** The sweep, run by the command line. */
async function measure(): Promise<Cost[]> {
  const data = path.join(scratch, "data");
  writeImages(data, 500);
  const spec = path.join(scratch, "overhead.yaml");
  writeFileSync(
    spec,
    `name: overhead
seed: 1
dataset: { type: mnist, validation: 100 }
model: { layers: [{ type: flatten }, { type: dense, units: 16 }, { type: relu }, { type: dense, units: 10 }] }
loss: { type: cross-entropy }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 1, batchSize: 100 }
sweep:
  sampler: { type: random, trials: ${trials} }
  metric: validation.accuracy
  goal: maximize
  parameters: { optimizer.learningRate: { type: float, min: 0.001, max: 0.5, scale: log } }
`,
  );
  const out = path.join(scratch, "results");
  const child = spawn(
    process.execPath,
    [cliPath, "experiment", spec, "--data", data, "--out", out, "--workers", "1"],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const costs = await follow(path.join(out, "overhead/latest/journal.jsonl"), child);
  const code = await exit;
  if (code !== 0) throw new Error(`the sweep ended with exit code ${code}`);
  return costs;
}

/** Reads new lines of the journal until the process that writes it has ended. */
async function follow(journal: string, writer: ChildProcess): Promise<Cost[]> {
  while (!existsSync(journal) && writer.exitCode === null) await setTimeout(1);
  const file = openSync(journal, "r");
  const chunk = Buffer.alloc(1 << 20);
  const costs: Cost[] = [];
  let rest = "";
  let latest = performance.now();
  let training = 0;

  const read = (): void => {
    const now = performance.now();
    const lines = (rest + chunk.toString("utf8", 0, readSync(file, chunk))).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const { event, seconds }: { event: string; seconds: number } = JSON.parse(line);
      if (event === "epoch") training += seconds * 1000;
      if (event !== "trial-ended") continue;
      costs.push({ wall: now - latest, training, memory: memoryOf(writer, costs.length) });
      [latest, training] = [now, 0];
    }
  };
  const watcher = watch(journal, read);
  await new Promise((resolve) => writer.once("exit", resolve));
  watcher.close();
  read();
  return costs.slice(1); // the first has the start of the processes in it
}

/** Measured only at intervals, because it starts a process; otherwise NaN. */
function memoryOf({ pid }: ChildProcess, trial: number): number {
  if (trial % 50 !== 0) return NaN;
  try {
    return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
  } catch {
    return NaN; // it has ended
  }
}

function print(costs: readonly Cost[]): void {
  const edge = Math.min(100, Math.floor(costs.length / 2));
  const parts = { [`first ${edge}`]: costs.slice(0, edge), [`last ${edge}`]: costs.slice(-edge), all: costs };
  const measurements = new Measurements();
  for (const [part, ofPart] of Object.entries(parts)) {
    for (const { wall, training, memory } of ofPart) {
      const setting = `${part} of ${trials} tiny trials`;
      measurements.add({ setting, name: "from end to end", unit: "ms/trial" }, wall);
      measurements.add({ setting, name: "of it, training", unit: "ms/trial" }, training);
      measurements.add({ setting, name: "outside training", unit: "ms/trial" }, wall - training);
      if (memory > 0) measurements.add({ setting, name: "memory of the coordinator", unit: "MB" }, memory);
    }
  }
  const rows = measurements.record();
  const names = [...new Set(rows.map(({ name }) => name))];
  printTable(
    ["medians", ...names],
    [...new Set(rows.map(({ setting }) => setting))].map((setting) => [
      setting,
      names.map((name) => {
        const row = rows.find((row) => row.setting === setting && row.name === name);
        return row === undefined ? "" : `${formatNumber(row.median)} ${row.unit}`;
      }),
    ]),
  );
}
