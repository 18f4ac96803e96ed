import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { ExperimentError } from "@nn/experiment";
import { latestRun, readResults, RunDirectoryError, type ResultRow } from "@nn/results";
import { metricOf, readEnvironment, toMetricName, workspaceFolder } from "@nn/runner";
import { rank } from "@nn/sweep";
import { decodeNetwork, isRecord, type SavedNetwork } from "@nn/training";
import { parse } from "yaml";

/** A saved network that the user named, and the folder that its custom parts are relative to. */
export interface FoundNetwork {
  readonly network: SavedNetwork;
  readonly experimentFolder: string;
  /** Why this trial of its run was chosen, as a sentence; undefined if there was no choice. */
  readonly reason?: string | undefined;
}

const MODEL = "model.safetensors";

/**
 * Finds the network of `where`: a model.safetensors, a trial's folder, a run's folder, or the folder of an
 * experiment's runs, whose newest run counts. A name that is no path is searched below results/. Of several
 * trials, it takes the first of the best configuration by the metric of the experiment, or `trial`. Throws
 * ExperimentError and RunDirectoryError.
 */
export function findNetwork(where: string, trial?: number): FoundNetwork {
  const path = [where, join(workspaceFolder, "results", where)].find((each) => existsSync(each));
  if (path === undefined) wrong(where, "there is no such run or file", runsAdvice());
  if (statSync(path).isFile() || existsSync(join(path, MODEL))) {
    const model = statSync(path).isFile() ? path : join(path, MODEL);
    if (!model.endsWith(".safetensors")) wrong(where, "this is no safetensors file", runsAdvice());
    if (trial !== undefined)
      wrong("--trial", `${where} is one trial already`, "Leave --trial out, or name its run.");
    return networkIn(model, runOf(dirname(model)));
  }
  const run = existsSync(join(path, "results.csv")) ? path : latestRun(path);
  if (run === undefined) wrong(where, "this is no folder of a run", runsAdvice());
  const { number, reason } = trial === undefined ? bestTrial(run) : { number: trial };
  const model = join(run, "trials", `${number}`, MODEL);
  if (!existsSync(model)) {
    const others = trialsIn(run);
    const advice =
      others.length === 0
        ? otherRunsAdvice(run)
        : `Trials with one: ${others.join(", ")}. The experiment's keep.networks says how many configurations ` +
          "keep theirs.";
    wrong(where, `trial ${number} of ${run} has no ${MODEL}`, advice);
  }
  return { ...networkIn(model, run), reason };
}

function wrong(place: string, message: string, advice: string): never {
  throw new ExperimentError([{ place, message, advice }]);
}

/** Lists the experiments that have runs below results/. */
function runsAdvice(): string {
  const results = join(workspaceFolder, "results");
  const names = existsSync(results) ? readdirSync(results).sort() : [];
  return names.length === 0
    ? "Run an experiment first. Then give its name or the folder of its run."
    : `Give the folder of a run, or one of the names below results/: ${names.join(", ")}.`;
}

/** Names another run of the same experiment that has a network. */
function otherRunsAdvice(run: string): string {
  const siblings = readdirSync(dirname(run)).map((name) => join(dirname(run), name));
  const other = siblings.find((each) => each !== run && trialsIn(each).length > 0);
  return other === undefined
    ? "Run its experiment to the end."
    : `Run its experiment to the end, or give another run: ${other}.`;
}

/** Returns the run's folder of a trial's folder `<run>/trials/<n>`. */
function runOf(trialFolder: string): string {
  return dirname(dirname(resolve(trialFolder)));
}

function networkIn(path: string, run: string): FoundNetwork {
  const { experiment } = readEnvironment(run);
  const experimentFolder = experiment === null ? join(workspaceFolder, "experiments") : dirname(experiment);
  return { network: decodeNetwork(readBytes(path), path), experimentFolder };
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunDirectoryError("file-system", `${path} cannot be read: ${reason}`, { cause: error });
  }
}

/** Returns the numbers of the trials that have a network. */
function trialsIn(run: string): number[] {
  const folder = join(run, "trials");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, MODEL)))
    .map((name) => Number(basename(name)))
    .sort((a, b) => a - b);
}

/**
 * Chooses the best trial of a run: of the configuration with the best mean of the experiment's metric over
 * its repeats, the first completed one.
 */
function bestTrial(run: string): { readonly number: number; readonly reason?: string } {
  const { rows } = readResults(join(run, "results.csv"));
  const completed = rows.filter(({ status }) => status === "completed");
  const [first] = completed;
  if (first === undefined) wrong(run, "no trial of this run is completed", otherRunsAdvice(run));
  if (completed.length === 1) return { number: first.trial };
  const { metric, goal } = objectiveOf(run);
  const name = toMetricName(metric);
  const configurations = [...Map.groupBy(completed, ({ parameters }) => JSON.stringify(parameters)).values()];
  const mean = (trials: readonly ResultRow[]): number | undefined => {
    const values = trials.map((row) => metricOf(row, name)).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value) / values.length;
  };
  const [best] = rank(configurations, mean, goal);
  const chosen = best?.[0] ?? first;
  const seeds = best !== undefined && best.length > 1 ? `, the first of its ${best.length} seeds` : "";
  return {
    number: chosen.trial,
    reason:
      `Trial ${chosen.trial} is the best of ${completed.length} by ${metric}${seeds}. ` +
      `Choose another with --trial.`,
  };
}

/** Reads the metric that the experiment of a run ranks by, from its resolved file. */
function objectiveOf(run: string): { readonly metric: string; readonly goal: "maximize" | "minimize" } {
  const resolved: unknown = parse(readBytes(join(run, "experiment.yaml")).toString());
  const sweep = isRecord(resolved) && isRecord(resolved["sweep"]) ? resolved["sweep"] : {};
  const { metric, goal } = sweep;
  return {
    metric: typeof metric === "string" ? metric : "validation.accuracy",
    goal: goal === "minimize" ? "minimize" : "maximize",
  };
}
