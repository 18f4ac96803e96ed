import { existsSync, realpathSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";

import { formatSuggestion } from "@nn/experiment/suggestion";
import { RunDirectoryError } from "@nn/results";
import { InterruptHandler } from "@nn/runner";

import {
  SHORTEST_DIGITS,
  describeFolderOfRun,
  findRunAround,
  resultsFolder,
  listRuns,
  listRunsWithoutJournal,
  throwRunNotFound,
} from "../runs/find-run.ts";
import { readRunStatus, type RunStatus } from "../runs/run-status.ts";
import { writeJson } from "../terminal/data-output.ts";
import { formatNotices } from "../terminal/notices.ts";
import { formatRunsTable } from "../terminal/runs-table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { findFolderProblem } from "./read-file.ts";

/** Command-line options of `runs`. */
export interface RunsOptions {
  /** The folder of results. Default: results/ in the workspace. */
  readonly out?: string | undefined;
  readonly watch?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Interval in milliseconds at which `--watch` reads the runs. */
const INTERVAL = 1000;

/**
 * Runs `runs [NAME…]`: prints the runs in a results folder, sorted by their last change. With `--watch`,
 * follows the runs in progress until all have ended or the user presses Ctrl-C. Returns the exit code. Throws
 * ExperimentError if there are no runs.
 */
export async function runsCommand(
  names: readonly string[],
  options: RunsOptions,
  terminal: Terminal,
): Promise<number> {
  const folder = options.out === undefined ? resultsFolder : resolve(options.out);
  if (options.out !== undefined) requireFolder(folder);
  const isChosen = (run: RunStatus): boolean =>
    names.length === 0 || names.some((name) => isNamed(run, name));
  const all = readRuns(folder, (notice) => terminal.err.write(formatNotices([notice])));
  const runs = all.filter(isChosen);
  const experiments = [...new Set(all.map(({ name }) => name))];
  if (all.length > 0 && runs.length === 0)
    throwRunNotFound(
      names.join(" ") || '""',
      "there is no run of this name",
      formatSuggestion(names.join(" "), experiments) ?? `Names: ${experiments.join(", ")}.`,
    );
  if (runs.length === 0 && listRuns(folder).length > 0)
    throwRunNotFound(
      folder,
      "none of the runs can be read",
      "The notices explain the reasons and what to do.",
    );
  if (runs.length === 0) throwNoRuns(folder);
  if (options.watch === true) return watchRuns(folder, isChosen, terminal);
  if (options.json === true) writeJson(runs, terminal);
  else
    terminal.out.write(
      formatRunsTable(runs, terminal.width)
        .map((line) => `${line}\n`)
        .join(""),
    );
  return 0;
}

/** Throws ExperimentError for a folder without runs, which may be that of a run, an experiment or a trial. */
function throwNoRuns(folder: string): never {
  const real = existsSync(folder) ? realpathSync(folder) : folder;
  const above = dirname(real);
  const give = (results: string): string =>
    `Give the folder that contains the folders of the experiments: --out ${relative(process.cwd(), results) || "."}`;
  if (listRuns(above).some((run) => dirname(run) === real))
    throwRunNotFound(folder, "this is the folder of an experiment", give(above));
  const run = findRunAround(folder);
  if (run !== undefined)
    throwRunNotFound(folder, describeFolderOfRun(folder, run), give(dirname(dirname(run))));
  throwRunNotFound(folder, "there are no runs", "Run an experiment first.");
}

/** Throws ExperimentError unless there is a folder at this path. */
function requireFolder(path: string): void {
  const problem = findFolderProblem(path);
  if (problem === undefined) return;
  const message =
    problem === "missing"
      ? "there is no such folder"
      : problem === "file"
        ? "expected a folder, got a file"
        : `the folder cannot be read (${problem.reason})`;
  throwRunNotFound(path, message, "Give the folder of results with --out, or omit it for results/.");
}

/** Whether a text is the name of the experiment of a run, or this name and the start of its fingerprint. */
function isNamed({ name, fingerprint }: RunStatus, text: string): boolean {
  if (text === name) return true;
  const digits = text.startsWith(`${name}/`) ? text.slice(name.length + 1) : "";
  return digits.length >= SHORTEST_DIGITS && fingerprint.startsWith(digits);
}

/**
 * Reads all runs, sorted by their last change. Calls `say` for each run that cannot be read, and for likely
 * problems with the others.
 */
function readRuns(folder: string, say: (notice: string) => void): RunStatus[] {
  for (const path of listRunsWithoutJournal(folder))
    say(`${path} has no journal.jsonl, so it is not listed. Restore the file, or delete the folder`);
  const runs = listRuns(folder, say).flatMap((path) => {
    try {
      const status = readRunStatus(path);
      status.notices.forEach(say);
      return [status];
    } catch (error) {
      if (!(error instanceof RunDirectoryError)) throw error;
      say(error.message);
      return [];
    }
  });
  return runs.sort((a, b) => a.changed.getTime() - b.changed.getTime());
}

async function watchRuns(
  folder: string,
  isChosen: (run: RunStatus) => boolean,
  terminal: Terminal,
): Promise<number> {
  const interrupt = new InterruptHandler(() => {});
  const { signal } = interrupt;
  let shown: readonly string[] = [];
  try {
    for (;;) {
      const running = readRuns(folder, () => {}).filter((run) => run.status === "running" && isChosen(run));
      if (running.length === 0) {
        terminal.out.write("No run is in progress.\n");
        return 0;
      }
      const lines = formatRunsTable(running, terminal.width);
      if (lines.join("\n") !== shown.join("\n")) {
        // Moves the cursor up to the first line of the last table, and clears the rest of the screen.
        if (terminal.interactive && shown.length > 0) terminal.out.write(`\x1B[${shown.length}A\x1B[J`);
        terminal.out.write(lines.map((line) => `${line}\n`).join(""));
        shown = lines;
      }
      await setTimeout(INTERVAL, undefined, { signal }).catch(() => {});
      if (signal.aborted) return 0;
    }
  } finally {
    interrupt.end();
  }
}
