import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { readResults, type ResultRow } from "@nn/results";
import { METRIC_COLUMNS, type MetricName } from "@nn/runner";

import { findRun, throwRunNotFound } from "../runs/find-run.ts";
import {
  groupRankedConfigurations,
  describeRun,
  requireAllTrials,
  type RunDescription,
} from "../runs/run-description.ts";
import { adviseCompletion, describeOutcomes } from "../runs/trial-outcomes.ts";
import { getSettings, type Settings } from "./experiment-settings.ts";

/** A configuration that is compared: the repeats of a configuration of a run. */
export interface Candidate {
  /** A, B, …, Z, AA, …, in the order of the paths. */
  readonly label: string;
  /** Index of the path that names it. */
  readonly path: number;
  /** The name of the run for the user: `quickstart/0123456789ab`, or the path of a results.csv. */
  readonly source: string;
  /** The folder of the run; undefined for a results.csv outside of a run. */
  readonly folder?: string | undefined;
  readonly settings: Settings;
  /** The completed trials of the configuration, one per seed. */
  readonly rows: readonly ResultRow[];
  /** The numbers of its diverged trials, which lower its rank. */
  readonly diverged: readonly number[];
}

/** The candidates of some paths, and the metrics by which their runs are ranked. */
export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly metric: MetricName;
  readonly goal: "maximize" | "minimize";
  /** Notices for the user. */
  readonly notices: readonly string[];
}

/**
 * Reads the configurations that the paths name. A run or a results.csv names all its ranked configurations,
 * and a trial names its own. Configurations without a completed trial are left out, with a notice. Throws
 * ExperimentError and RunDirectoryError.
 */
export function readCandidates(paths: readonly string[]): Candidates {
  const notices: string[] = [];
  const sources = paths.map(readSource).filter((source, index, all) => {
    const same = all.findIndex((other) => other.key === source.key);
    if (same === index) return true;
    notices.push(`${paths[index]} and ${paths[same]} are the same, so they are compared once`);
    return false;
  });
  notices.push(...sources.flatMap(({ run }) => run.notices));
  const found = sources.flatMap(({ run, source, folder, trial }, path) => {
    const rows = trial === undefined ? run.rows : run.rows.filter((row) => row.trial === trial);
    if (trial !== undefined && rows.length === 0) requireAllTrials(run);
    if (trial !== undefined && rows.length === 0)
      throwRunNotFound(source, `trial ${trial} has not ended`, "Wait for it, or choose another trial.");
    const configurations = groupRankedConfigurations(rows, run.repeats).map(({ parameters, rows: own }) => ({
      parameters,
      own,
      completed: own.filter(({ status }) => status === "completed"),
    }));
    notices.push(...describeIgnoredTrials(source, trial, configurations));
    return configurations
      .filter(({ completed }) => completed.length > 0)
      .map(({ parameters, own, completed }) => ({
        path,
        source,
        folder,
        settings: getSettings(run.experiment, parameters),
        rows: completed,
        diverged: own.filter(({ status }) => status === "diverged").map((row) => row.trial),
      }));
  });
  // If there are too few candidates, their trials may be missing from the tables.
  if (found.length < 2) for (const { run } of sources) requireAllTrials(run);
  if (found.length === 0) throwNoCompletedTrial(paths, sources);
  const [first] = sources;
  const { metric, goal } = first!.run;
  if (sources.some(({ run }) => run.metric !== metric))
    notices.push(`the runs rank by different metrics: using ${metric}; choose another metric with --sort`);
  const candidates = found.map((each, index): Candidate =>
    Object.assign(each, { label: createLetterLabel(index) }),
  );
  return { candidates, metric, goal, notices };
}

/** Returns notices about trials of a source that did not complete. */
function describeIgnoredTrials(
  source: string,
  trial: number | undefined,
  configurations: readonly { readonly own: readonly ResultRow[]; readonly completed: readonly ResultRow[] }[],
): string[] {
  const without = configurations.filter(({ completed }) => completed.length === 0);
  const outcomes = describeOutcomes(without.flatMap(({ own }) => own));
  const ignored = describeOutcomes(
    configurations.flatMap(({ own, completed }) => (completed.length === 0 ? [] : own)),
  );
  const lines: string[] = [];
  if (without.length > 0) {
    lines.push(
      trial !== undefined
        ? `${source}: ${outcomes}, so it is left out`
        : without.length === configurations.length
          ? `${source}: no trial is completed${outcomes === "" ? "" : ` (${outcomes})`}, so it is left out`
          : `${source}: leaving out ${without.length} of ${configurations.length} configurations, which have no ` +
            `completed trial: ${outcomes}`,
    );
  }
  if (ignored !== "") lines.push(`${source}: ignoring trials that did not complete: ${ignored}`);
  return lines;
}

function throwNoCompletedTrial(paths: readonly string[], sources: readonly Source[]): never {
  const chosen = sources.map(({ run, trial, source }) => {
    const outcomes = describeOutcomes(run.rows.filter((row) => trial === undefined || row.trial === trial));
    return sources.length === 1
      ? outcomes
      : `${source}: ${outcomes === "" ? "no trial has ended" : outcomes}`;
  });
  const which = sources.length === 1 ? "this run" : "these runs";
  const why = chosen.join("; ");
  const advice = sources.map(({ run, trial }) =>
    run.rows.some((row) => trial !== undefined && row.status === "completed")
      ? "Choose another trial."
      : adviseCompletion(run),
  );
  throwRunNotFound(
    paths.join(" "),
    `no trial of ${which} is completed${why === "" ? "" : `: ${why}`}`,
    [...new Set(advice)].join(" "),
  );
}

interface Source {
  readonly run: Pick<
    RunDescription,
    "path" | "experiment" | "metric" | "goal" | "repeats" | "trials" | "rows" | "missing" | "notices"
  >;
  /** Identifies the source: two paths with the same key name the same source. */
  readonly key: string;
  readonly source: string;
  readonly folder?: string | undefined;
  readonly trial?: number | undefined;
}

function readSource(where: string): Source {
  const isTable = existsSync(where) && statSync(where).isFile() && where.endsWith(".csv");
  if (isTable && !existsSync(join(dirname(resolve(where)), "journal.jsonl"))) {
    const { rows } = readResults(where);
    const metric = METRIC_COLUMNS.find(
      (name) => name === "validation.accuracy" && rows.some(({ validation }) => validation !== undefined),
    );
    return {
      run: {
        path: dirname(where),
        experiment: {},
        metric: metric ?? "test.accuracy",
        goal: "maximize",
        repeats: undefined,
        trials: undefined,
        rows,
        missing: [],
        notices: [],
      },
      key: resolve(where),
      source: where,
    };
  }
  const { run: folder, trial } = findRun(where);
  const run = describeRun(folder);
  const source = `${basename(dirname(folder))}/${basename(folder)}`;
  return { run, key: `${folder} ${trial ?? ""}`, source, folder, trial };
}

/** Returns A, B, …, Z, AA, AB, …. */
export function createLetterLabel(index: number): string {
  const letter = String.fromCodePoint(65 + (index % 26));
  return index < 26 ? letter : `${createLetterLabel(Math.floor(index / 26) - 1)}${letter}`;
}
