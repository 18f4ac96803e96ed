import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

import { ExperimentError, loadExperiment, type Experiment } from "@nn/experiment";
import { readLatestRun, wrapFileSystemErrors, writeFilesAtomically } from "@nn/results";
import { workspaceFolder } from "@nn/runner";
import type { ThreadCount } from "@nn/training";
import { toPrintable } from "@nn/platform/printable";

import {
  parseComparableEnvironment,
  describeEnvironmentDifferences,
  formatEnvironment,
  readExperimentFile,
} from "../verify/comparable-environment.ts";
import { findTableDifference, type TableDifference } from "../verify/table-difference.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { experimentCommand } from "./experiment.ts";

/** Command-line options of `verify`. */
export interface VerifyOptions {
  readonly workers?: number | undefined;
  readonly threads?: ThreadCount | undefined;
  readonly data?: string | undefined;
  /** If true, writes the results as the expected results instead of comparing them. */
  readonly write?: boolean | undefined;
  /** Vector width of the kernels, in bits. */
  readonly simd: 128 | 256;
}

/** The tables whose bytes are compared. */
const TABLES = ["results.csv", "epochs.csv"] as const;
const ENVIRONMENT = "environment.json";

/**
 * Runs `verify EXPERIMENT…`: trains experiments again and compares their tables with those in
 * `expected/<name>/` beside the experiment file, byte by byte. Returns the exit code: 1 if a byte differs.
 * Throws ExperimentError, DatasetError and RunDirectoryError.
 */
export async function verifyCommand(
  files: readonly string[],
  options: VerifyOptions,
  terminal: Terminal,
): Promise<number> {
  const experiments: Experiment[] = [];
  for (const file of files) experiments.push(await loadExperiment(file));
  requireOwnFolders(experiments, options);
  for (const experiment of experiments) requireNoTimeLimit(experiment);
  if (options.write !== true) for (const experiment of experiments) requireExpected(experiment);
  let worst = 0;
  for (const experiment of experiments) {
    const code = await verify(experiment, options, terminal);
    if (code === 130) return code;
    worst = Math.max(worst, code);
  }
  return worst;
}

function getExpectedFolder({ file, name }: Experiment): string {
  return join(dirname(file), "expected", name);
}

/**
 * Throws ExperimentError if two experiments have the same folder for expected results, because the results of
 * one would replace those of the other.
 */
function requireOwnFolders(experiments: readonly Experiment[], { write = false }: VerifyOptions): void {
  for (const [index, experiment] of experiments.entries()) {
    const folder = getExpectedFolder(experiment);
    const known = join(folder, ENVIRONMENT);
    const before = experiments.slice(0, index).find((each) => getExpectedFolder(each) === folder);
    const written = write && existsSync(known) ? readExperimentFile(readFileSync(known, "utf8")) : undefined;
    const other = before === undefined ? written : basename(before.file);
    if (other === undefined || other === basename(experiment.file)) continue;
    throw new ExperimentError([
      {
        place: shortenPath(experiment.file),
        message: `${shortenPath(folder)} is for the expected results of ${other}, which has the same name`,
        advice: `Change "name" in one of the files${written === undefined ? "" : ", or delete the folder"}.`,
      },
    ]);
  }
}

function requireExpected(experiment: Experiment): void {
  const folder = getExpectedFolder(experiment);
  const missing = TABLES.filter((name) => !existsSync(join(folder, name)));
  if (missing.length === 0) return;
  const what =
    missing.length < TABLES.length ? `is no ${missing.join(" and no ")}` : "are no expected results";
  throw new ExperimentError([
    {
      place: shortenPath(experiment.file),
      message: `there ${what} in ${shortenPath(folder)}`,
      advice: "Write them with --write, and commit them.",
    },
  ]);
}

/** Throws ExperimentError if time decides how many trials the sweep has. */
function requireNoTimeLimit({ file, budget }: Experiment): void {
  if (budget?.minutes === undefined) return;
  throw new ExperimentError([
    {
      place: shortenPath(file),
      message:
        `sweep.budget.minutes: ${budget.minutes} ends the sweep by time, so its results are not the same ` +
        "everywhere",
      expected: "a sweep whose trials do not depend on time",
      advice:
        "Remove sweep.budget.minutes, or limit the sweep with sweep.budget.epochs or sweep.budget.trials.",
    },
  ]);
}

async function verify(experiment: Experiment, options: VerifyOptions, terminal: Terminal): Promise<number> {
  const { write = false, ...training } = options;
  const out = join(workspaceFolder, "results", ".verify");
  const own = join(out, experiment.name);
  // Does not reuse earlier runs, because they may come from another version of the program.
  wrapFileSystemErrors("delete", own, () => rmSync(own, { recursive: true, force: true }));
  const settings = { ...training, out, set: [], fresh: true, startsOver: true };
  const code = await experimentCommand(experiment.file, settings, terminal);
  if (code !== 0) return code;
  const run = readLatestRun(own)!;
  const read = (folder: string, name: string): string =>
    wrapFileSystemErrors("read", join(folder, name), () => readFileSync(join(folder, name), "utf8"));
  const expected = getExpectedFolder(experiment);
  const environment = parseComparableEnvironment(read(run, ENVIRONMENT));
  const print = (line: string, color: (text: string) => string = String): void =>
    void terminal.out.write(`${color(toPrintable(line))}\n`);
  print("");
  if (write) {
    wrapFileSystemErrors("write", expected, () => mkdirSync(expected, { recursive: true }));
    await writeFilesAtomically([
      ...TABLES.map((name) => [join(expected, name), read(run, name)] as const),
      [join(expected, ENVIRONMENT), formatEnvironment(basename(experiment.file), environment)],
    ]);
    print(`Wrote the expected results of ${experiment.name} to ${shortenPath(expected)}.`);
    return 0;
  }
  const differences = TABLES.flatMap((name) => {
    const difference = findTableDifference(name, read(expected, name), read(run, name));
    return difference === undefined ? [] : [describe(name, difference)];
  });
  if (differences.length === 0) {
    print(`${experiment.name}: ${TABLES.join(" and ")} have the expected bytes.`);
    return 0;
  }
  print(`${experiment.name}: the results differ from ${shortenPath(expected)}.`, terminal.colors.red);
  for (const line of differences) print(`  ${line}`);
  const known = join(expected, ENVIRONMENT);
  const changed = existsSync(known)
    ? describeEnvironmentDifferences(parseComparableEnvironment(read(expected, ENVIRONMENT)), environment)
    : [];
  for (const line of changed) print(`  ${line}`);
  print(`The new results are in ${shortenPath(run)}.`);
  return 1;
}

function describe(name: string, { row, column, expected, found }: TableDifference): string {
  return `${name}, ${row}, column ${column}: expected ${expected}, got ${found}`;
}

function shortenPath(path: string): string {
  return relative(process.cwd(), path) || ".";
}
