import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { ExperimentError, type Experiment } from "@nn/experiment";
import { wrapFileSystemErrors, type RunDirectory } from "@nn/results";
import { PROFILE_FILE, TRACE_FILE, type Profile } from "@nn/training";

import { formatProfileTable } from "../terminal/profile-table.ts";

/** Throws ExperimentError if `--profile` cannot measure an experiment. */
export function checkProfile({ resolved, repeats, executor }: Experiment): void {
  const refuse = (message: string, advice: string): never => {
    throw new ExperimentError([{ place: "--profile", message, advice }]);
  };
  if (resolved["sweep"] !== undefined)
    refuse(
      "only a single trial can be profiled, and this experiment has a sweep",
      "Profile an experiment without a sweep, such as best.yaml of a finished run.",
    );
  if (repeats > 1)
    refuse(
      `only a single trial can be profiled, and this experiment has ${repeats} repeats`,
      "Add --set repeats=1.",
    );
  if (executor?.type === "redis")
    refuse(
      "only a trial on this machine can be profiled, and this experiment has an executor",
      "Remove executor from the experiment file.",
    );
}

/**
 * Deletes the profile of an earlier training run, so that a profile always belongs to the latest one. Throws
 * RunDirectoryError.
 */
export function deleteProfile({ path }: Pick<RunDirectory, "path">): void {
  for (const name of [PROFILE_FILE, TRACE_FILE]) {
    const file = join(path, name);
    wrapFileSystemErrors("delete", file, () => rmSync(file, { force: true }));
  }
}

/** Returns the lines about a profile. `shownFolder`: the path of the run directory to show to the user. */
export function formatProfile(
  { path }: Pick<RunDirectory, "path">,
  shownFolder: string,
  width: number,
): string[] {
  const file = join(path, PROFILE_FILE);
  if (!existsSync(file))
    return [
      "There is no profile, because this run has not trained its trial. Use --fresh to train it again.",
    ];
  const text = wrapFileSystemErrors("read", file, () => readFileSync(file, "utf8"));
  let table: string[];
  try {
    const profile: Profile = JSON.parse(text);
    table = formatProfileTable(profile, width);
  } catch {
    return [
      `${join(shownFolder, PROFILE_FILE)} is damaged. Use --fresh to train the trial again and measure it.`,
    ];
  }
  return [
    ...table,
    `Open ${join(shownFolder, TRACE_FILE)} in https://ui.perfetto.dev to see the first steps in detail.`,
  ];
}
