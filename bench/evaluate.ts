// Trains every experiment in experiments/, runs `evaluate` on every network that it keeps, and compares the
// metrics with those in results.csv, to the last digit. Fails if one differs.
//
//   pnpm run bench:evaluate                   one epoch, one seed and at most four trials of each experiment
//   pnpm run bench:evaluate --whole           the experiments as they are: hours
//   pnpm run bench:evaluate --out results     keeps the runs (default: a temporary folder)
//   pnpm run bench:evaluate quickstart cnn    only these experiments
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";

import { readResults, type Metrics } from "../packages/results/src/index.ts";
import { cliPath } from "./program.ts";

const { values, positionals } = parseArgs({
  options: { whole: { type: "boolean", default: false }, out: { type: "string" } },
  allowPositionals: true,
});

/** What `evaluate --json` prints. Without held-out images, it has no `validation`. */
interface Evaluation {
  readonly validation?: Metrics;
  readonly test: Metrics;
}

const root = path.dirname(import.meta.dirname);
const out = values.out ?? mkdtempSync(path.join(tmpdir(), "nn-evaluate-"));
const names = globSync("experiments/*.yaml", { cwd: root }).map((file) => path.basename(file, ".yaml"));
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`There is no experiment ${unknown.join(", ")}.`);
let differences = 0;
for (const name of names.sort()) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const file = path.join(root, "experiments", `${name}.yaml`);
  command(["experiment", file, "--out", out, ...(values.whole ? [] : shortened(file))]);
  let networks = 0;
  const run = path.join(out, name, "latest");
  for (const { trial, validation, test } of readResults(path.join(run, "results.csv")).rows) {
    if (!existsSync(path.join(run, `trials/${trial}/model.safetensors`))) continue;
    networks++;
    const now: Evaluation = JSON.parse(command(["evaluate", run, "--trial", `${trial}`, "--json"]));
    if (isDeepStrictEqual([now.validation, now.test], [validation, test])) continue;
    differences++;
    console.log(`${name}, trial ${trial}: results.csv`, { validation, test }, "evaluate", [
      now.validation,
      now.test,
    ]);
  }
  console.log(`${name.padEnd(20)} networks: ${networks}`);
  if (networks === 0) throw new Error(`${name} has no network`);
}
if (values.out === undefined) rmSync(out, { recursive: true });
console.log(differences === 0 ? "All metrics equal those in results.csv." : `Differences: ${differences}`);
process.exit(differences === 0 ? 0 : 1);

/** Returns options with which an experiment takes less time. */
function shortened(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const set = ["repeats=1", "training.epochs=1"];
  if (/^ *sampler: .*\btrials: /m.test(text)) set.push("sweep.sampler.trials=4");
  // A population trains for several epochs, and a pruner needs epochs after which it can stop trials.
  if (/\b(pruner:|type: pbt)/.test(text)) set.splice(1, 1, "training.epochs=4");
  return set.flatMap((each) => ["--set", each]);
}

/** Runs a command of the program and returns its standard output. */
function command(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cliPath, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
  return stdout;
}
