// Makes images, run folders and tables from a seed, most of them damaged or hostile, and passes them to the
// functions of the commands predict, runs, compare, evaluate, export, experiment and validate, in this
// process. For each case, the command must print a correct answer or a clear error. Prints how many gave an
// answer and how many an error, and each violation with the seed that reproduces the case: a crash, a stack
// trace, an "Unexpected error", a wrong answer, an error that names no file, an exit code other than 0, 1 and
// 2, a control character that reaches the terminal, an incomplete file, or more than 10 s of CPU time. Exits
// with code 1 after a violation.
//
//   pnpm run bench:fuzz                                   4,000 images, 3,000 runs and 3,000 tables
//   pnpm run bench:fuzz --count 500 --seed 7              500 of each kind, from the seed 7
//   pnpm run bench:fuzz --kind images --count 1 --seed 93 the case of a violation
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";

import { fuzzImage } from "./fuzz/fuzz-image.ts";
import { createFuzzInputs, type FuzzInputs } from "./fuzz/fuzz-inputs.ts";
import type { FuzzResult } from "./fuzz/command-outcome.ts";
import { fuzzRun } from "./fuzz/fuzz-run.ts";
import { fuzzTable } from "./fuzz/fuzz-table.ts";

type MakeCase = (seed: number, folder: string, material: FuzzInputs) => Promise<FuzzResult>;

const kinds: Readonly<Record<string, readonly [count: number, make: MakeCase]>> = {
  images: [4000, fuzzImage],
  runs: [3000, fuzzRun],
  tables: [3000, fuzzTable],
};
/** Number of violations of one kind that are printed in full. */
const MAX_PRINTED = 60;

const { values } = parseArgs({
  options: {
    count: { type: "string" },
    seed: { type: "string", default: "1" },
    kind: { type: "string" },
    verbose: { type: "boolean" },
  },
});
const [only, first] = [values.kind, Number(values.seed)];
if (only !== undefined && !(only in kinds))
  throw new Error(`--kind is one of ${Object.keys(kinds).join(", ")}`);

const stray: string[] = [];
process.on("unhandledRejection", (reason) => stray.push(`an unhandled rejection: ${String(reason)}`));
process.on("uncaughtException", (error) =>
  stray.push(`an uncaught exception: ${error.stack ?? error.message}`),
);
process.setMaxListeners(0);
// A case that never returns blocks this thread, so a second thread monitors it.
const heartbeat = new Int32Array(new SharedArrayBuffer(4));
const watchdog = new Worker(new URL("fuzz/watchdog.ts", import.meta.url), { workerData: heartbeat });

const material = await createFuzzInputs();
process.on("exit", () => rmSync(material.folder, { recursive: true, force: true }));
let violations = 0;
for (const [kind, [usual, make]] of Object.entries(kinds)) {
  if (only !== undefined && kind !== only) continue;
  const count = Number(values.count ?? usual);
  const sums = { answer: 0, error: 0 };
  let found = 0;
  const start = performance.now();
  for (let n = 0; n < count; n++) {
    const seed = first + n;
    Atomics.store(heartbeat, 0, seed);
    const folder = path.join(material.folder, "cases", `${kind}-${seed}`);
    mkdirSync(folder, { recursive: true });
    const { kind: end, what, faults } = await make(seed, folder, material);
    rmSync(folder, { recursive: true, force: true });
    sums[end] += 1;
    const all = [...faults, ...stray.splice(0)];
    if (values.verbose === true) console.log(`${seed} ${end}: ${what}`);
    if (all.length === 0) continue;
    found += 1;
    if (found <= MAX_PRINTED)
      console.log(
        `--kind ${kind} --seed ${seed} --count 1: ${what}\n${all.map((each) => `    ${each}`).join("\n")}`,
      );
  }
  violations += found;
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `${kind}: ${count} cases from seed ${first} in ${seconds} s: ${sums.answer} answers, ${sums.error} errors, ` +
      `${found} violations`,
  );
}
await watchdog.terminate();
process.exit(violations > 0 ? 1 : 0);
