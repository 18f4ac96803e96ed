// Makes small changes of the sources of a package, one at a time, in a copy of the project, and says which of
// them no test notices: operators, comparisons, bounds, constants, conditions, removed statements, swapped
// arguments. First the tests beside the changed file run, then all of the package. A change that makes them
// fail, or run without end, is noticed. The changes follow from a seed. Ctrl-C prints the share so far.
//
//   pnpm run bench:mutation --package sweep                     100 changes
//   pnpm run bench:mutation --package sweep --count 20 --seed 7
//   pnpm run bench:mutation --package sweep --file samplers/tpe --count 1000     all changes of a file
//   pnpm run bench:mutation --package sweep --list              prints the changes, runs nothing
//
// Not StrykerJS 10.1.1: it runs on these sources, but switches its changes on inside one process. The
// processes and threads that tests of runner start would run what is unchanged. Nor does it take a sample.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { createRng } from "../packages/tensor/src/index.ts";
import { describeMutant, mutantsOf, type Mutant } from "./mutation/mutants.ts";
import { ProcessTests } from "./mutation/process-tests.ts";
import { Sandbox } from "./mutation/sandbox.ts";

const PACKAGES = ["sweep", "insight", "results", "layers", "experiment", "training", "runner", "cli"];
/** What the tests of the command line run, beside their own. */
const BELOW_THE_COMMAND_LINE = ["experiment", "training", "runner", "cli"];
/** Tables of numbers that were copied, and what only tests use. */
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
// What starts processes of its own is asked last, and only for what its processes run.
const processTests = BELOW_THE_COMMAND_LINE.includes(values.package) ? new ProcessTests(sandbox) : undefined;
const UNIT = values.package === "cli" ? (processTests?.excluded ?? []) : [];
const untouched = await sandbox.vitest(["run", ...UNIT]);
if (untouched.kind !== "passed") {
  console.error(untouched.output);
  console.error("The tests do not pass as it is.");
  process.exit(2);
}
console.log(`The tests pass without a change, in ${untouched.seconds.toFixed(0)} s.`);
// Twice and a minute more: other programs may be busy in between.
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

/** Prints the share of the changes that are judged, which are fewer than chosen after a signal. */
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
  // Not only those that vitest finds related: catalogs import the files of their folders by name.
  const { kind } = await sandbox.vitest(["run", ...UNIT], limit);
  if (kind !== "passed" || processTests === undefined || values["no-process-tests"]) return kind;
  return processTests.judge(mutant);
}

function allMutants(name: string): Mutant[] {
  return globSync(`packages/${name}/src/**/*.ts`, { cwd: root })
    .filter((file) => !NOT_CHANGED.test(file))
    .sort()
    .flatMap((file) => mutantsOf(file, readFileSync(path.join(root, file), "utf8")));
}

/** Drawn without return. Those of a smaller count are the first of a larger one. */
function sample(mutants: readonly Mutant[], count: number, seed: number): Mutant[] {
  const rest = [...mutants];
  const rng = createRng(seed).fork("mutation");
  return Array.from({ length: Math.min(count, rest.length) }, () =>
    rest.splice(rng.integer(rest.length), 1),
  ).flat();
}
