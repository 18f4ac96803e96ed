import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

import { formatSuggestion, ExperimentError } from "@nn/experiment";
import { getErrorReason } from "@nn/mnist";
import { readLatestRun } from "@nn/results";
import { workspaceFolder } from "@nn/runner";

/** A run or a trial that the user has named. */
export interface FoundRun {
  /** The folder of the run. */
  readonly run: string;
  /** The number of the trial, if a trial's folder or one of its files was named. */
  readonly trial?: number | undefined;
}

/** The folder with all results of the workspace. */
export const resultsFolder = join(workspaceFolder, "results");

/**
 * Finds the run that `where` names. `where` is the folder of a run, the folder of one of its trials, or a
 * file in one of these. If it is the folder of an experiment, the newest run is used. A name that is not a
 * path is searched below results/. Throws ExperimentError.
 */
export function findRun(where: string): FoundRun {
  if (where === "")
    throwRunNotFound('""', "expected a run, got an empty text", "Is a variable of the shell not set?");
  const paths = [where, join(resultsFolder, where)].filter((each) => existsSync(each));
  const path = paths[0] ?? findByShortHash(where);
  if (path === undefined) throwRunNotFound(where, "there is no such run or file", suggestRuns(where));
  // The current folder may have another folder with the name of an experiment.
  for (const each of new Set([path, ...paths])) {
    const found = findRunAt(each);
    if (found !== undefined) return found;
  }
  throwRunNotFound(
    where,
    statSync(path).isFile() ? "this file does not belong to a run" : "this is not the folder of a run",
  );
}

/** Returns the run of a path that exists; undefined if it does not belong to a run. */
function findRunAt(path: string): FoundRun | undefined {
  // `latest` is a link to a run. The name of the run's folder is its fingerprint.
  const folder = realpathSync(statSync(path).isFile() ? dirname(path) : path);
  if (isRun(folder)) return { run: folder };
  const above = dirname(dirname(folder));
  if (isRun(above) && basename(dirname(folder)) === "trials") {
    return { run: above, trial: Number(basename(folder)) };
  }
  const newest = readLatestRun(folder);
  return newest !== undefined && isRun(newest) ? { run: newest } : undefined;
}

/** Finds `quickstart/0123` by the first digits of the run's fingerprint, if only one run begins with them. */
function findByShortHash(where: string): string | undefined {
  const [folder, digits] = [dirname(where), basename(where)];
  if (!/^[0-9a-f]{4,12}$/.test(digits)) return undefined;
  const found = [folder, join(resultsFolder, folder)].flatMap((each) =>
    listNames(each)
      .filter((name) => name.startsWith(digits))
      .map((name) => join(each, name)),
  );
  return found.length === 1 ? found[0] : undefined;
}

/** Returns the names of the files in a folder; none if it is missing or cannot be read. */
export function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Returns the names of the other runs of the same experiment, as `findRun` accepts them. */
export function listOtherRuns(run: string): string[] {
  const own = realpathSync(run);
  return listNames(dirname(own))
    .filter((name) => name !== "latest" && name !== basename(own))
    .map((name) => join(dirname(own), name))
    .filter(isRun)
    .sort()
    .map(getRunName);
}

/** Returns the short name of a run: `quickstart/0123`, or a path if it is not below results/. */
function getRunName(run: string): string {
  const folder = dirname(run);
  const names = listNames(folder);
  const whole = basename(run);
  const lengths = Array.from({ length: whole.length }, (_, index) => index + 1).slice(SHORTEST_DIGITS - 1);
  const digits = lengths
    .map((length) => whole.slice(0, length))
    .find((start) => names.filter((name) => name.startsWith(start)).length === 1);
  const shown = dirname(folder) === resultsFolder ? basename(folder) : relative(process.cwd(), folder);
  return join(shown, digits ?? whole);
}

/** Minimum number of digits of a fingerprint that can name a run. */
export const SHORTEST_DIGITS = 4;

/**
 * Returns advice that lists the runs of the named experiment or suggests a similar name; undefined if there
 * are neither.
 */
function suggestRuns(where: string): string | undefined {
  const [name = ""] = where.split("/");
  const runs = listRuns(resultsFolder).filter((run) => basename(dirname(run)) === name);
  if (runs.length > 0) return `Its runs: ${runs.map((run) => `${name}/${basename(run)}`).join(", ")}.`;
  const names = new Set(listRuns(resultsFolder).map((run) => basename(dirname(run))));
  return formatSuggestion(name, names);
}

/** Throws an ExperimentError about the name of a run, with a list of the existing runs. */
export function throwRunNotFound(place: string, message: string, advice: string = runsAdvice()): never {
  throw new ExperimentError([{ place, message, advice }]);
}

/** Whether a folder is that of a run. */
export function isRun(folder: string): boolean {
  return existsSync(join(folder, "journal.jsonl"));
}

/**
 * Returns the real path of the run that contains a path, or that is at this path; undefined if there is none.
 * The path need not exist.
 */
export function findRunAround(path: string): string | undefined {
  let existing = resolve(path);
  while (!existsSync(existing)) existing = dirname(existing);
  for (let folder = realpathSync(existing); ; folder = dirname(folder)) {
    // Another program may have a file journal.jsonl in a folder above.
    if (isRun(folder) && existsSync(join(folder, "experiment.yaml"))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Describes a folder at or inside a run: `this is the folder of a run`, for example. */
export function describeFolderOfRun(path: string, run: string): string {
  const parts = relative(run, existsSync(path) ? realpathSync(path) : path).split(sep);
  if (parts[0] === "") return "this is the folder of a run";
  if (parts[0] === "trials" && parts.length === 1) return "this is the folder of the trials of a run";
  if (parts[0] === "trials" && parts.length === 2) return "this is the folder of a trial";
  return `this folder is inside the run ${relative(process.cwd(), run) || "."}`;
}

/**
 * Returns the folders of all runs below a folder of results, by experiment and then by fingerprint. Calls
 * `say` with a notice about each folder that cannot be read.
 */
export function listRuns(results: string, say?: (notice: string) => void): string[] {
  return listFoldersBelow(results, say).filter(isRun);
}

/** Returns the folders below a results folder that contain files of a run, but no journal. */
export function listRunsWithoutJournal(results: string): string[] {
  const files = ["experiment.yaml", "results.csv"];
  return listFoldersBelow(results).filter(
    (folder) => !isRun(folder) && files.some((name) => existsSync(join(folder, name))),
  );
}

function listFoldersBelow(results: string, say?: (notice: string) => void): string[] {
  const names = (folder: string): string[] => {
    try {
      const stats = statSync(folder, { throwIfNoEntry: false });
      return stats?.isDirectory() === true ? readdirSync(folder).sort() : [];
    } catch (error) {
      say?.(`${folder} cannot be read (${getErrorReason(error)}), so its runs are not listed`);
      return [];
    }
  };
  return names(results)
    .flatMap((name) => names(join(results, name)).map((fingerprint) => join(results, name, fingerprint)))
    .filter((folder) => basename(folder) !== "latest");
}

/** Returns advice that lists the experiments with runs. */
function runsAdvice(): string {
  const names = [...new Set(listRuns(resultsFolder).map((run) => basename(dirname(run))))];
  return names.length === 0
    ? "Run an experiment first. Then give its name or the folder of its run."
    : `Give the folder of a run, or one of the names below results/: ${names.join(", ")}.`;
}
