// Mutation testing: makes small changes to the sources of a package, one at a time, in a copy of the project,
// and prints those that no test detects. It changes operators, comparisons, bounds, constants and conditions,
// removes statements and swaps arguments. First it runs the tests beside the changed file, then all tests of
// the package. In a second copy, it runs tests of the command line on the changes that no test has detected so
// far. Meanwhile, the first copy continues with the next change. A change is detected if a test fails or does not
// end. A change with a type error is not counted, because `pnpm test` reports it without running a test. The
// changes depend only on a seed. Ctrl-C prints the share so far.
//
//   pnpm run bench:mutation --package sweep                     100 changes
//   pnpm run bench:mutation --package sweep --count 20 --seed 7
//   pnpm run bench:mutation --package sweep --file samplers/tpe --count 1000     all changes of a file
//   pnpm run bench:mutation --package sweep --list              prints the changes, runs nothing
//   pnpm run bench:mutation --package runner,cli                100 changes of each
//   pnpm run bench:mutation --package runner --process-tests 99 more tests of commands for each change; default 4
//
// StrykerJS 10.1.1 is not suitable: it activates its changes inside one process, so processes and threads
// that tests of `runner` start would run the unchanged code. It also cannot draw a sample of the changes.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { createRng } from "../packages/tensor/src/index.ts";
import { describeMutant, createMutants, type Mutant } from "./mutation/mutants.ts";
import { ProcessTests } from "./mutation/process-tests.ts";
import { Sandbox, type MutationResult } from "./mutation/sandbox.ts";

const PACKAGES = ["sweep", "insight", "results", "layers", "experiment", "training", "runner", "cli"];
/** Packages that the tests of the command line also run. */
const BELOW_THE_COMMAND_LINE = new Set(["experiment", "training", "runner", "cli"]);
/** Copied tables of numbers, and code that only tests use. */
const NOT_CHANGED = /\.test\.ts$|joe-kuo\.ts$|\/testing\b|\/scaffold\//;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    package: { type: "string", default: "" },
    count: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    file: { type: "string", default: "" },
    list: { type: "boolean", default: false },
    "process-tests": { type: "string", default: "4" },
  },
});
const names = values.package.split(",");
const unknown = names.find((name) => !PACKAGES.includes(name));
if (unknown !== undefined) {
  console.error(`--package: one or more of ${PACKAGES.join(",")}, and not "${unknown}".`);
  process.exit(2);
}

const root = path.dirname(import.meta.dirname);
const count = Number(values.count);
const samples = new Map(names.map((name) => [name, shuffleMutants(name)]));
if (values.list) {
  for (const mutants of samples.values())
    for (const mutant of mutants.slice(0, count)) console.log(describeMutant(mutant));
  process.exit(0);
}

const sandbox = new Sandbox();
const mostProcessTests = Number(values["process-tests"]);
const needsProcesses = mostProcessTests > 0 && names.some((name) => BELOW_THE_COMMAND_LINE.has(name));
const processSandbox = needsProcesses ? new Sandbox() : sandbox;
const processTests = new ProcessTests(processSandbox);
/** The tests of commands run one after the other. First, each runs once without a change. */
let processing: Promise<unknown> = needsProcesses ? processTests.watch() : Promise.resolve();
/** The changes of a package that were tested so far. */
interface Tally {
  judged: number;
  /** Changes whose tests did not end. */
  late: number;
  /** Changes that passed the tests of the package, and on which the tests of commands have not run yet. */
  waiting: number;
  readonly survivors: Mutant[];
}
const tallies = new Map<string, Tally>();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    printShares();
    process.exit(130);
  });
}

for (const [name, mutants] of samples) {
  const isBelow = needsProcesses && BELOW_THE_COMMAND_LINE.has(name);
  // Tests that start processes run last, and only if their processes run the changed code.
  const unitTests = ["run", ...(name === "cli" ? processTests.excluded : [])];
  const untouched = await sandbox.vitest(name, unitTests);
  if (untouched.kind !== "passed") {
    console.error(untouched.output);
    console.error(`The tests of ${name} do not pass as it is.`);
    process.exit(2);
  }
  console.log(`The tests of ${name} pass without a change, in ${untouched.seconds.toFixed(0)} s.`);
  // Twice the time plus a minute, because other programs may slow down the tests.
  const limit = 2 * untouched.seconds + 60;
  const tally: Tally = { judged: 0, late: 0, waiting: 0, survivors: [] };
  tallies.set(name, tally);
  let tested = 0;
  for (const mutant of mutants) {
    if (tested === count) break;
    const verdict = await sandbox.with(mutant, async () =>
      (await sandbox.hasValidTypes(name)) ? judge(name, mutant, unitTests, limit) : "type error",
    );
    if (verdict === "type error") continue;
    tested++;
    if (verdict !== "passed" || !isBelow) record(tally, mutant, verdict);
    else {
      tally.waiting++;
      processing = processing
        .then(() => processSandbox.with(mutant, () => processTests.judge(mutant, mostProcessTests)))
        .then((last) => {
          tally.waiting--;
          record(tally, mutant, last);
        });
    }
  }
}

await processing;
printShares();

/** Counts a change that was tested, and prints it. */
function record(tally: Tally, mutant: Mutant, verdict: MutationResult["kind"]): void {
  tally.judged++;
  if (verdict === "passed") tally.survivors.push(mutant);
  if (verdict === "timed out") tally.late++;
  const word = { passed: "SURVIVED", failed: "noticed", "timed out": "noticed (no end)" }[verdict];
  console.log(`${tally.judged}/${count} ${word}  ${describeMutant(mutant)}`);
}

/** Prints the shares of the tested changes that were noticed. After a signal, not all changes were tested. */
function printShares(): void {
  for (const [name, { judged, late, waiting, survivors }] of tallies) {
    if (judged === 0) continue;
    const noticed = judged - survivors.length;
    const share = ((100 * noticed) / judged).toFixed(1);
    console.log(
      `\n${name}: tests notice ${noticed} of ${judged} changes, ${share} % (${late} of them ` +
        "by running without end).",
    );
    if (waiting > 0) {
      const least = ((100 * noticed) / (judged + waiting)).toFixed(1);
      console.log(
        `${waiting} further changes passed the tests of the package, and the tests of commands did not run on ` +
          `them. Without them, the share is too high: it is at least ${least} %.`,
      );
    }
    if (survivors.length > 0) console.log("No test notices:");
    for (const mutant of survivors) console.log(`  ${describeMutant(mutant)}`);
  }
}

/** Runs the tests of the package of a change, those beside the changed file first. */
async function judge(
  name: string,
  mutant: Mutant,
  unitTests: readonly string[],
  limit: number,
): Promise<MutationResult["kind"]> {
  const beside = sandbox.ownTests(mutant.file);
  if (beside.length > 0) {
    const { kind } = await sandbox.vitest(name, ["run", ...beside], limit);
    if (kind !== "passed") return kind;
  }
  // All tests, not only those that vitest finds related, because catalogs import files by name.
  const { kind } = await sandbox.vitest(name, unitTests, limit);
  return kind;
}

/** Returns the changes of a package in random order, and prints how many there are. */
function shuffleMutants(name: string): Mutant[] {
  const rest = globSync(`packages/${name}/src/**/*.ts`, { cwd: root })
    .filter((file) => !NOT_CHANGED.test(file) && file.includes(values.file))
    .sort()
    .flatMap((file) => createMutants(file, readFileSync(path.join(root, file), "utf8")));
  console.log(`${rest.length} changes of packages/${name}; at most ${count} of them, seed ${values.seed}.`);
  const rng = createRng(Number(values.seed)).fork("mutation");
  return Array.from({ length: rest.length }, () => rest.splice(rng.integer(rest.length), 1)).flat();
}
