import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { RunDirectoryError } from "@nn/results";
import { readEnvironment, workspaceFolder } from "@nn/runner";
import { decodeNetwork, NETWORK_FILE, type SavedNetwork } from "@nn/training";

import { readDataHashes } from "../runs/data-hashes.ts";
import { findRun, listNames, throwRunNotFound } from "../runs/find-run.ts";
import { adviseCompletion, describeOutcomes } from "../runs/trial-outcomes.ts";
import { describeRun, rankConfigurationRows, requireAllTrials } from "../runs/run-description.ts";
import { readRegularFile } from "./read-file.ts";

/** A saved network that the user named, and the folder that its custom parts are relative to. */
export interface FoundNetwork {
  readonly network: SavedNetwork;
  readonly experimentFolder: string;
  /** The SHA-256 of the data sets of its run by name. */
  readonly dataHashes: ReadonlyMap<string, string>;
  /** Why this trial of its run was chosen, as a sentence; undefined if there was no choice. */
  readonly reason?: string | undefined;
  /** Whether the file of a custom part differs from that with which the network was trained. */
  readonly hasChangedParts: boolean;
  /** Likely problems with the files of its run. */
  readonly notices: readonly string[];
}

/**
 * Finds the network of `where`: a model.safetensors, a trial's folder, a run's folder, or the folder of an
 * experiment's runs (the newest run is used). A name that is not a path is searched below results/. If a run
 * has several trials, chooses `trial`. Default: the first trial of the best configuration by the metric of
 * the experiment. Throws ExperimentError and RunDirectoryError.
 */
export function findNetwork(where: string, trial?: number): FoundNetwork {
  // A file or a folder with a network need not belong to a run.
  const paths = where === "" ? [] : [where, join(where, NETWORK_FILE)];
  const file = paths.find((path) => path.endsWith(".safetensors") && existsSync(path));
  if (file !== undefined) {
    if (trial !== undefined) isOneTrial(where);
    return findNetworkInRun(file, dirname(dirname(dirname(resolve(file)))));
  }
  const found = findRun(where);
  if (found.trial !== undefined && trial !== undefined) isOneTrial(where);
  const { run } = found;
  const named = trial ?? found.trial;
  const { number, reason, notices } =
    named === undefined ? findBestTrial(run) : { number: named, notices: [] };
  const model = join(run, "trials", `${number}`, NETWORK_FILE);
  if (!existsSync(model)) throwNetworkNotFound(where, run, number);
  const network = findNetworkInRun(model, run);
  return { ...network, reason, notices: [...notices, ...network.notices] };
}

/** Throws an ExperimentError that explains why a trial has no network. */
function throwNetworkNotFound(where: string, run: string, number: number): never {
  const description = describeRun(run);
  const { rows } = description;
  const row = rows.find(({ trial }) => trial === number);
  if (row === undefined) {
    requireAllTrials(description);
    const ended = rows.map(({ trial }) => trial);
    const advice =
      ended.length === 0
        ? adviseOtherRuns(run, "Run its experiment to the end.")
        : `Its trials: ${listed(ended)}.`;
    throwRunNotFound(where, `${run} has no ended trial ${number}`, advice);
  }
  const others = listTrials(run);
  const choice = others.length === 0 ? undefined : `Trials that have one: ${listed(others)}.`;
  if (row.status !== "completed") {
    const message = `trial ${number} of ${run} has no network: its status is ${row.status}`;
    throwRunNotFound(
      where,
      message,
      `Only completed trials have a network. ${choice ?? adviseOtherRuns(run, adviseCompletion(description))}`,
    );
  }
  const keep = "In the experiment, keep.networks sets how many configurations keep their networks.";
  // The trial is done, so the experiment does not train it again by itself.
  const anew = `${keep} Run the experiment with --fresh to train all its trials again.`;
  const advice = choice === undefined ? adviseOtherRuns(run, anew) : `${choice} ${anew}`;
  throwRunNotFound(where, `trial ${number} of ${run} has no ${NETWORK_FILE}`, advice);
}

/** Formats a list of numbers: `1, 2, 5`. Of a long list, shows only the first ten and the last one. */
function listed(numbers: readonly number[]): string {
  if (numbers.length <= 20) return numbers.join(", ");
  return `${numbers.slice(0, 10).join(", ")}, … , ${numbers.at(-1)}`;
}

function isOneTrial(where: string): never {
  throwRunNotFound("--trial", `${where} is already a single trial`, "Omit --trial, or give the run.");
}

/** Names another run of the same experiment that has a network, after another advice. */
function adviseOtherRuns(run: string, advice: string): string {
  const siblings = listNames(dirname(run)).map((name) => join(dirname(run), name));
  const other = siblings.find((each) => each !== run && listTrials(each).length > 0);
  return other === undefined ? advice : `${advice} Or give another run: ${other}.`;
}

function findNetworkInRun(path: string, run: string): FoundNetwork {
  const { experiment } = readEnvironment(run);
  const experimentFolder = experiment === null ? join(workspaceFolder, "experiments") : dirname(experiment);
  const network = decodeNetwork(readBytes(path), path);
  const isOfRun = existsSync(join(run, "journal.jsonl"));
  const relativeTo = `The paths of data and of custom parts are taken as relative to ${experimentFolder}`;
  const unknownFolder = isOfRun
    ? `${join(run, "environment.json")} does not contain the path of the experiment file. ${relativeTo}`
    : `${path} is not in the folder of its run. ${relativeTo}. evaluate --dataset takes another data set`;
  const { type: _type, ...dataset } = network.spec.dataset;
  const hasPaths =
    Object.values(dataset).some((value) => typeof value === "string") || network.customParts !== undefined;
  const hasMoved = isOfRun && experiment !== null && !existsSync(experimentFolder);
  const movedFolder =
    `${join(run, "environment.json")} names the experiment file ${experiment}, whose folder does not exist. The ` +
    "paths of data and of custom parts are relative to it. If you have moved it, run the experiment again there";
  const changedParts = noticeChangedParts(network, experimentFolder);
  return {
    network,
    experimentFolder,
    dataHashes: readDataHashes(run),
    hasChangedParts: changedParts.length > 0,
    notices: [
      ...(experiment === null && (isOfRun || hasPaths) ? [unknownFolder] : []),
      ...(hasMoved && hasPaths ? [movedFolder] : []),
      ...changedParts,
    ],
  };
}

/** Notices about custom parts whose files differ from those with which a network was trained. */
function noticeChangedParts({ customParts = {}, source }: SavedNetwork, folder: string): string[] {
  return Object.entries(customParts)
    .filter(([path, hash]) => {
      const file = resolve(folder, path);
      return existsSync(file) && createHash("sha256").update(readFileSync(file)).digest("hex") !== hash;
    })
    .map(
      ([path]) =>
        `${path} has changed since ${source} was trained, so the network may give other results than in ` +
        `training. Restore the file, or run the experiment again`,
    );
}

function readBytes(path: string): Uint8Array {
  try {
    return readRegularFile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunDirectoryError("file-system", `${path} cannot be read: ${reason}`, { cause: error });
  }
}

/** Returns the numbers of the trials that have a network. */
function listTrials(run: string): number[] {
  const folder = join(run, "trials");
  return listNames(folder)
    .filter((name) => existsSync(join(folder, name, NETWORK_FILE)))
    .map((name) => Number(basename(name)))
    .sort((a, b) => a - b);
}

/**
 * Chooses the best trial of a run: the first completed trial of the configuration that ranks first by the
 * experiment's metric.
 */
function findBestTrial(path: string): {
  readonly number: number;
  readonly reason?: string;
  readonly notices: readonly string[];
} {
  const run = describeRun(path);
  const completed = run.rows.filter(({ status }) => status === "completed");
  const [first] = completed;
  if (first === undefined) requireAllTrials(run);
  if (first === undefined) {
    const outcomes = describeOutcomes(run.rows);
    const message = `no trial of this run is completed${outcomes === "" ? "" : `: ${outcomes}`}`;
    throwRunNotFound(path, message, adviseOtherRuns(path, adviseCompletion(run)));
  }
  if (completed.length === 1) return { number: first.trial, notices: run.notices };
  const ranking = rankConfigurationRows(run).filter((each) => each.completed > 0);
  const [best] = ranking;
  const chosen = best?.rows.find(({ status }) => status === "completed") ?? first;
  const count = best?.completed ?? 1;
  const isRanked = best?.metrics.has(run.metric) === true;
  const configuration = isRanked
    ? `of the best of ${ranking.length} configurations by ${run.metric}`
    : `of the first of ${ranking.length} configurations, which have no ${run.metric}`;
  const what = [
    ...(count > 1 ? [`the first of ${count} seeds`] : []),
    ...(ranking.length > 1 ? [configuration] : []),
  ].join(" ");
  return {
    number: chosen.trial,
    notices: run.notices,
    reason: `Trial ${chosen.trial} is ${what.replace(/^of/, "that of")}. Choose another with --trial.`,
  };
}
