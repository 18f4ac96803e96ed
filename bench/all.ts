// Runs every bench of speed in turn, writes bench/results/<machine>.csv, and rewrites the generated tables of
// docs/performance.md from it. bench/record/benches.ts lists the benches.
//
//   pnpm run bench:all                     everything; takes about an hour on two quiet cores
//   pnpm run bench:all --only lenet5,start [--quick]
//   pnpm run bench:all --only none         only rewrites the tables
//
// --quick measures fewer rounds. Rows of benches that do not run, or that fail, stay as they are. Peers that
// are not installed are named and skipped; their rows vanish. The load average stands beside each row: above
// the number of cores, other programs have taken part of the time.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { type Bench, benches } from "./record/benches.ts";
import { replaceTables } from "./record/document.ts";
import { describeMachine } from "./record/machine.ts";
import { machineName } from "./record/machine-name.ts";
import { type Measurement, RECORD_FILE } from "./record/measurements.ts";
import { formatResults, parseResults, type Result } from "./record/results-file.ts";
import { tables } from "./record/tables.ts";

const { only, quick } = readOptions();
const root = path.dirname(import.meta.dirname);
const machine = describeMachine();
const file = path.join(import.meta.dirname, "results", `${machineName(machine)}.csv`);
const scratch = mkdtempSync(path.join(tmpdir(), "nn-bench-all-"));
const failed: string[] = [];

console.log(
  Object.entries(machine)
    .map(([key, value]) => `${key}: ${value}`)
    .join("\n"),
);
try {
  for (const bench of benches.filter(({ name }) => only?.has(name) ?? true)) {
    const load = loadavg()[0]!;
    console.log(`\n── ${bench.name} (load ${load.toFixed(2)})`);
    const measured = run(bench);
    if (measured === undefined) failed.push(bench.name);
    else keep(bench, measured, load);
  }
} finally {
  rmSync(scratch, { recursive: true });
}
writeTables();
console.log(`\nWrote ${path.relative(root, file)} and the tables of docs/performance.md.`);
if (failed.length > 0) {
  console.error(`These benches failed, and their rows are those of before: ${failed.join(", ")}.`);
  process.exit(1);
}

function readOptions() {
  const names = benches.map(({ name }) => name);
  try {
    const { values } = parseArgs({
      options: { only: { type: "string" }, quick: { type: "boolean", default: false } },
    });
    const only = values.only === undefined ? undefined : new Set(values.only.split(","));
    const unknown = [...(only ?? [])].filter((name) => name !== "none" && !names.includes(name));
    if (unknown.length > 0) throw new Error(`There is no bench ${unknown.join(", ")}.`);
    return { only, quick: values.quick };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error(`Usage: pnpm run bench:all [--only NAME,…] [--quick]\nBenches: ${names.join(", ")}.`);
    process.exit(2);
  }
}

/** Runs a bench, and returns what it recorded, or undefined if it failed. */
function run({ name, program, args, quick: fewer }: Bench): Measurement[] | undefined {
  const record = path.join(scratch, `${name}.jsonl`);
  const command = [path.join(import.meta.dirname, program), ...(quick ? fewer : (args ?? []))];
  const env = { ...process.env, [RECORD_FILE]: record };
  const { status } = spawnSync(process.execPath, command, { stdio: "inherit", env });
  if (status !== 0 || !existsSync(record)) return undefined;
  return readFileSync(record, "utf8")
    .trimEnd()
    .split("\n")
    .map((line): Measurement => JSON.parse(line));
}

/** Replaces the rows of a bench. At once after each bench, so that a stopped run keeps what it has measured. */
function keep({ name }: Bench, measured: readonly Measurement[], load: number): void {
  const date = new Date().toISOString().slice(0, 10);
  const others = existsSync(file) ? parseResults(readFileSync(file, "utf8")).results : [];
  const own = measured.map((row): Result => ({ bench: name, ...row, load, date }));
  const order = benches.map(({ name }) => name);
  const results = [...others.filter(({ bench }) => bench !== name), ...own].sort(
    (a, b) => order.indexOf(a.bench) - order.indexOf(b.bench),
  );
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, formatResults({ machine, results }));
}

function writeTables(): void {
  if (!existsSync(file)) return;
  const document = path.join(root, "docs/performance.md");
  const measured = parseResults(readFileSync(file, "utf8"));
  const source = `bench/results/${path.basename(file)}`;
  const text = replaceTables(readFileSync(document, "utf8"), (name) => tables[name]?.(measured));
  writeFileSync(document, text.replaceAll(/bench\/results\/[\w-]+\.csv/g, source));
}
