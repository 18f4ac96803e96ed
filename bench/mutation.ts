// Mutation testing: makes small changes to the sources of a package, one at a time, in a copy of the project,
// and prints those that no test detects. It changes operators, comparisons, bounds, constants and conditions,
// removes statements and swaps arguments. First it runs the tests beside the changed file, then all tests of
// the package. A change is detected if a test fails or does not end. The changes depend only on a seed.
// Ctrl-C prints the share so far.
//
//   pnpm run bench:mutation --package sweep                     100 changes
//   pnpm run bench:mutation --package sweep --count 20 --seed 7
//   pnpm run bench:mutation --package sweep --file samplers/tpe --count 1000     all changes of a file
//   pnpm run bench:mutation --package sweep --list              prints the changes, runs nothing
//
// StrykerJS 10.1.1 is not suitable: it activates its changes inside one process, so processes and threads
// that tests of `runner` start would run the unchanged code. It also cannot draw a sample of the changes.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { createRng } from "../packages/tensor/src/index.ts";
import { describeMutant, createMutants, type Mutant } from "./mutation/mutants.ts";
import { ProcessTests } from "./mutation/process-tests.ts";
import { Sandbox } from "./mutation/sandbox.ts";

const PACKAGES = ["sweep", "insight", "results", "layers", "experiment", "training", "runner", "cli"];
/** Packages that the tests of the command line also run. */
const BELOW_THE_COMMAND_LINE = ["experiment", "training", "runner", "cli"];
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
    "no-process-tests": { type: "boolean", default: false },
  },
});
if (!PACKAGES.includes(values.package)) {
  console.error(`--package: one of ${PACKAGES.join(", ")}, and not "${values.package}".`);
  process.exit(2);
}

const survivors: Mutant[] = [];
let [judged, late] = [0, 0];
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    printShare();
    process.exit(130);
  });
}

const root = path.dirname(import.meta.dirname);
const all = allMutants(values.package).filter(({ file }) => file.includes(values.file));
const chosen = sample(all, Number(values.count), Number(values.seed));
console.log(
  `${all.length} changes of packages/${values.package}; ${chosen.length} of them, seed ${values.seed}.`,
);
if (values.list) {
  for (const mutant of chosen) console.log(describeMutant(mutant));
  process.exit(0);
}

const sandbox = new Sandbox(values.package);
// Tests that start processes run last, and only if their processes run the changed code.
const processTests = BELOW_THE_COMMAND_LINE.includes(values.package) ? new ProcessTests(sandbox) : undefined;
const UNIT = values.package === "cli" ? (processTests?.excluded ?? []) : [];
const untouched = await sandbox.vitest(["run", ...UNIT]);
if (untouched.kind !== "passed") {
  console.error(untouched.output);
  console.error("The tests do not pass as it is.");
  process.exit(2);
}
console.log(`The tests pass without a change, in ${untouched.seconds.toFixed(0)} s.`);
// Twice the time plus a minute, because other programs may slow down the tests.
const limit = 2 * untouched.seconds + 60;

for (const [index, mutant] of chosen.entries()) {
  const verdict = await sandbox.with(mutant, () => judge(mutant));
  judged++;
  if (verdict === "passed") survivors.push(mutant);
  if (verdict === "timed out") late++;
  const word = { passed: "SURVIVED", failed: "noticed", "timed out": "noticed (no end)" }[verdict];
  console.log(`${index + 1}/${chosen.length} ${word}  ${describeMutant(mutant)}`);
}

printShare();

/** Prints the share of the tested changes that were noticed. After a signal, not all changes were tested. */
function printShare(): void {
  if (judged === 0) return;
  const noticed = judged - survivors.length;
  const share = ((100 * noticed) / judged).toFixed(1);
  console.log(
    `\n${values.package}: tests notice ${noticed} of ${judged} changes, ${share} % (${late} of them ` +
      "by running without end).",
  );
  if (survivors.length > 0) console.log("No test notices:");
  for (const mutant of survivors) console.log(`  ${describeMutant(mutant)}`);
}

async function judge(mutant: Mutant): Promise<"passed" | "failed" | "timed out"> {
  const beside = sandbox.ownTests(mutant.file);
  if (beside.length > 0) {
    const { kind } = await sandbox.vitest(["run", ...beside], limit);
    if (kind !== "passed") return kind;
  }
  // All tests, not only those that vitest finds related, because catalogs import files by name.
  const { kind } = await sandbox.vitest(["run", ...UNIT], limit);
  if (kind !== "passed" || processTests === undefined || values["no-process-tests"]) return kind;
  return processTests.judge(mutant);
}

function allMutants(name: string): Mutant[] {
  return globSync(`packages/${name}/src/**/*.ts`, { cwd: root })
    .filter((file) => !NOT_CHANGED.test(file))
    .sort()
    .flatMap((file) => createMutants(file, readFileSync(path.join(root, file), "utf8")));
}

/** Draws without replacement. A smaller sample is the beginning of a larger one. */
function sample(mutants: readonly Mutant[], count: number, seed: number): Mutant[] {
  const rest = [...mutants];
  const rng = createRng(seed).fork("mutation");
  return Array.from({ length: Math.min(count, rest.length) }, () =>
    rest.splice(rng.integer(rest.length), 1),
  ).flat();
}
