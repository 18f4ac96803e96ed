// Runs sweeps through faults and compares every promised file (results.csv, epochs.csv, weights, checkpoints)
// with that of the same uninterrupted sweep, byte by byte. The faults are kills by SIGKILL (of the
// coordinator, of a worker, of both), a full disk, and a worker stopped by SIGSTOP. With Redis, the server
// also restarts with its data, without it, and with older data. The sweeps have an adaptive sampler, a pruner
// and repeats. A seed determines the faults and their times. Exits with code 1 if a byte differs, a row is
// missing or duplicated, files or processes are left behind, or a stack trace is printed. Needs Linux, and
// root for its small disks (or: unshare --user --map-root-user --mount pnpm run …).
//
//   pnpm run bench:faults                100 kills, in processes of the run
//   pnpm run bench:faults --redis        100 kills, with three workers through a redis-server of its own
//   pnpm run bench:faults --redis 20 7   20 kills, from the seed 7
//   pnpm run bench:faults --load 2       the same beside two processes that are always busy
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";

import { KILL_TARGETS, planFaults } from "../packages/cli/test/support/fault-plan.ts";
import { Coordinator } from "./faults/coordinator.ts";
import { LocalFaultScenario } from "./faults/local-fault-scenario.ts";
import { RemoteFaultScenario } from "./faults/remote-fault-scenario.ts";
import { SmallDisk } from "./faults/small-disk.ts";
import { cliPath, Program } from "./program.ts";
import { findDifferingFiles, countJournalLines, hashResultFiles, readTable } from "./result-files.ts";

const NAME = "faults";
const spec = (seed: number): string => `
name: ${NAME}
seed: ${seed}
repeats: 2
dataset: { type: mnist, validation: 30000 }
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 128 }
    - { type: relu }
    - { type: dropout, rate: 0.2 }
    - { type: dense, units: 10 }
optimizer: { type: sgd, learningRate: 0.1, momentum: 0.9 }
training: { epochs: 9 }
sweep:
  sampler: { type: tpe, trials: 27, generation: 9, startup: 9 }
  pruner: { type: successive-halving, eta: 3 }
  parameters:
    optimizer.learningRate: { type: float, min: 0.003, max: 0.3, scale: log }
    model.layers[3].rate: { type: float, min: 0, max: 0.5 }
`;
const TRIALS = 27 * 2;

const { values, positionals } = parseArgs({
  options: { redis: { type: "boolean" }, load: { type: "string", default: "0" } },
  allowPositionals: true,
});
const [kills = 100, seed = 1] = positionals.map(Number);
// Every process and every disk adds a listener for the exit of this process.
process.setMaxListeners(0);
const load = busyProcesses(Number(values.load));
process.on("exit", () => load.forEach((each) => each.kill("SIGKILL")));
const scratch = mkdtempSync(path.join(tmpdir(), "nn-faults-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

/** Describes rows that are missing or duplicated. */
function lostOrDoubled(out: string): string[] {
  const trials = readTable(out, NAME, "results.csv");
  const expected = Array.from({ length: TRIALS }, (_, index) => `${index + 1}`);
  const epochs = trials.flatMap(({ trial, epochs }) =>
    Array.from({ length: Number(epochs) }, (_, index) => `${trial}, epoch ${index + 1}`),
  );
  const foundEpochs = readTable(out, NAME, "epochs.csv").map(
    ({ trial, epoch }) => `${trial}, epoch ${epoch}`,
  );
  return [
    ...unequal(
      expected,
      trials.map(({ trial = "" }) => trial),
    ),
    ...unequal(epochs, foundEpochs),
  ];
}

function unequal(expected: readonly string[], found: readonly string[]): string[] {
  const counts = Map.groupBy(found, (row) => row);
  const lost = expected.filter((row) => !counts.has(row)).map((row) => `trial ${row} is lost`);
  const doubled = [...counts]
    .filter(([, rows]) => rows.length > 1)
    .map(([row]) => `trial ${row} is duplicated`);
  const unasked = found.filter((row) => !expected.includes(row)).map((row) => `trial ${row} is not one`);
  return [...lost, ...doubled, ...unasked];
}

/** Busy processes, which slow down the others. */
function busyProcesses(count: number): ChildProcess[] {
  if (!Number.isInteger(count) || count < 0) throw new Error("--load takes a number of processes, such as 2");
  return Array.from({ length: count }, () =>
    spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
  );
}

const counted = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([what, count]) => `${what} ${count}`).join(", ");

const scene = values.redis === true ? await RemoteFaultScenario.begin(scratch) : new LocalFaultScenario();
const plan = planFaults(kills, scene.others, seed);
const total = new Map<string, number>();
let wrong = 0;
const since = performance.now();

/**
 * Maximum number of consecutive sweeps without a fault. Without this limit, a fault that cannot happen would
 * make the benchmark run forever.
 */
let untouched = 0;
for (let sweep = 1; plan.length > 0; sweep++) {
  const file = path.join(scratch, `${sweep}.yaml`);
  writeFileSync(file, spec(1000 * seed + sweep));
  const quiet = path.join(scratch, `quiet-${sweep}`);
  const inPeace = new Program(process.execPath, [
    cliPath,
    "experiment",
    file,
    "--out",
    quiet,
    "--workers",
    "2",
  ]);
  const code = await inPeace.ended;
  if (code !== 0) throw new Error(`the quiet run ended with exit code ${code}:\n${inPeace.output}`);

  const disk = new SmallDisk(path.join(scratch, `disk-${sweep}`), 256);
  const out = path.join(disk.folder, "results");
  const coordinator = new Coordinator([file, "--out", out, "--checkpoint-every", "0.1", ...scene.args], disk);
  const counts = new Map<string, number>();
  let recorded = 0;
  for (let fault = plan[0]; fault !== undefined; fault = plan[0]) {
    await Promise.race([setTimeout(300 + 2000 * fault.after), coordinator.program.ended]);
    // A trial whose process dies three times without getting further has failed, and rightly: it gets the
    // time to.
    const isHurt = (): boolean => fault.what === "worker" && countJournalLines(out, NAME) < recorded + 3;
    while (isHurt() && !coordinator.program.isOver) await setTimeout(10);
    if (coordinator.program.isOver) break;
    if (!(await scene.inflict(fault, coordinator))) continue;
    plan.shift();
    recorded = countJournalLines(out, NAME);
    counts.set(fault.what, (counts.get(fault.what) ?? 0) + 1);
    total.set(fault.what, (total.get(fault.what) ?? 0) + 1);
  }
  await coordinator.end();
  untouched = counts.size === 0 ? untouched + 1 : 0;
  if (untouched === 3) throw new Error(`"${plan[0]?.what}" could not be brought about in three sweeps`);

  const [expected, found] = [hashResultFiles(quiet, NAME), hashResultFiles(out, NAME)];
  const differing = findDifferingFiles(expected, found).map((name) => `${name} differs`);
  const problems = [...differing, ...lostOrDoubled(out), ...(await scene.leftovers())];
  wrong += problems.length;
  const rows = readTable(out, NAME, "epochs.csv").length;
  console.log(
    `sweep ${sweep}: ${TRIALS} trials, ${rows} epochs, ${found.size} files, ` +
      `results.csv ${expected.get("results.csv")?.slice(0, 12)}, epochs.csv ` +
      `${expected.get("epochs.csv")?.slice(0, 12)}: ` +
      `${differing.length === 0 ? "the same bytes" : "THE BYTES DIFFER"}\n  ${counted(counts)}`,
  );
  for (const problem of problems) console.log(`  ${problem}`);
  disk.remove();
}

for (const problem of await scene.close()) {
  wrong++;
  console.log(problem);
}
const done = KILL_TARGETS.reduce((sum, what) => sum + (total.get(what) ?? 0), 0);
console.log(
  `${done} kills in ${((performance.now() - since) / 60_000).toFixed(1)} minutes: ${counted(total)}`,
);
console.log(wrong === 0 ? "Nothing is lost or doubled, no byte differs." : `${wrong} PROBLEMS`);
process.exit(wrong === 0 ? 0 : 1);
