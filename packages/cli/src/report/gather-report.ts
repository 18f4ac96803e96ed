import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { datasets, DatasetError, type Dataset, type Split } from "@nn/mnist";
import type { LearningRate, ReportData, SetEvaluation } from "@nn/report";
import { readEnvironment, workspaceFolder } from "@nn/runner";
import { decodeNetwork, type SavedNetwork } from "@nn/training";

import { findDifferingPaths, getSettings } from "../compare/experiment-settings.ts";
import { describeRun } from "../runs/run-description.ts";
import { shortenPaths } from "../terminal/summary.ts";
import { computeLearningRates } from "./learning-rate.ts";
import { evaluateOutputs } from "./read-evaluation.ts";
import { readOutputs, type SetPredictions, type TrialOutputs } from "./outputs.ts";
import { toPageNetwork } from "./page-network.ts";
import { readOtherRun } from "./other-run.ts";
import { readRun, type RunData } from "./read-run.ts";

/** Maximum number of networks whose predictions are compared. */
const MAX_NETWORKS = 12;

/**
 * Gathers everything that a report shows about the first run, and the best results of the others.
 * `dataFolder`: where data sets are searched; the data set of the run is needed for its images only. `notice`
 * receives the reasons why something is left out. Throws RunDirectoryError.
 */
export async function gatherReportData(
  [folder, ...otherFolders]: readonly [string, ...string[]],
  dataFolder: string,
  notice: (text: string) => void,
): Promise<ReportData> {
  const run = readRun(folder);
  const [own = "", ...otherSettings] = differingSettings([folder, ...otherFolders]);
  const others = otherFolders.flatMap((each, index) => {
    const other = readOtherRun(run, readRun(each), haveSameImages(folder, each));
    if (other === undefined) return [];
    const settings = [other.settings, otherSettings[index]].filter((text) => text).join(", ");
    return [{ ...other, settings }];
  });
  const shared = { ...run, others, differingSettings: own };
  const kept = keptNetworks(folder, run);
  const [winner] = kept;
  if (winner === undefined) return { ...shared, learningRate: null, evaluation: null };
  const { saved, outputs } = winner;
  const dataset = await datasetOf(folder, winner, dataFolder, notice);
  const classes = Array.from(
    { length: outputs.test.predictions.classes },
    (_, label) => saved.classNames?.[label] ?? `${label}`,
  );
  return {
    ...shared,
    learningRate: winnersLearningRate(run, winner, dataset) ?? null,
    evaluation: {
      classes,
      sets: evaluateSets(kept, dataset, notice),
      network: toPageNetwork(saved, outputs.test.trial) ?? null,
    },
  };
}

/**
 * Whether the trials of two runs are measured on the same images: the validation images are drawn with the
 * seed of the experiment.
 */
function haveSameImages(one: string, other: string): boolean {
  const imagesOf = (run: string): string => {
    const { dataset, seed } = describeRun(run).experiment;
    return JSON.stringify([dataset, seed]);
  };
  return imagesOf(one) === imagesOf(other);
}

/** Maximum number of settings that distinguish runs. */
const MAX_SETTINGS = 8;

/** Returns the settings of each run that differ between the runs, without the swept ones. */
function differingSettings(folders: readonly string[]): string[] {
  const runs = folders.map(describeRun);
  const swept = new Set(runs.flatMap(({ sweptPaths }) => sweptPaths));
  const all = runs.map(({ experiment, path }) => ({ settings: getSettings(experiment), folder: path }));
  const paths = findDifferingPaths(all).filter((path) => !swept.has(path));
  const names = shortenPaths(paths);
  return all.map(({ settings }) =>
    paths
      .slice(0, MAX_SETTINGS)
      .map((path, index) => `${names[index]} ${settings.get(path) ?? "–"}`)
      .join(", "),
  );
}

/** Evaluates the networks on the test images, and on the validation images that the first one has. */
function evaluateSets(
  kept: readonly KeptNetwork[],
  dataset: Dataset | undefined,
  notice: (text: string) => void,
): [SetEvaluation, ...SetEvaluation[]] {
  const source = (split: Split | undefined) =>
    split && dataset && { split, exampleShape: dataset.exampleShape };
  const test = evaluateOutputs(
    "test",
    kept.map(({ outputs }) => outputs.test),
    source(dataset?.test),
  );
  const first = kept[0]?.outputs.validation;
  if (first === undefined) return [test];
  // Another number of held-out images gives other validation images.
  const networks = kept.flatMap(({ outputs: { validation } }) =>
    validation !== undefined && sameNumbers(validation.indices, first.indices) ? [validation] : [],
  );
  const isSame = dataset !== undefined && isPartOf(dataset.training, first);
  if (dataset !== undefined && !isSame)
    notice(
      "the report has no validation images: the data set has other training images than those of the run.",
    );
  return [evaluateOutputs("validation", networks, isSame ? source(dataset.training) : undefined), test];
}

/** Whether a split contains images with these labels at these positions. */
function isPartOf({ labels }: Split, { indices, predictions }: SetPredictions): boolean {
  return indices.every((index, image) => labels[index] === predictions.labels[image]);
}

/**
 * Returns the data set of a network. Prints a notice and returns undefined if it cannot be read or differs.
 */
async function datasetOf(
  folder: string,
  { saved, outputs }: KeptNetwork,
  dataFolder: string,
  notice: (text: string) => void,
): Promise<Dataset | undefined> {
  try {
    const dataset = await readDataset(folder, saved, dataFolder);
    if (sameNumbers(dataset.test.labels, outputs.test.predictions.labels)) return dataset;
    notice("the report has no images: the data set has other test images than those of the run.");
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    notice(`the report has no images: ${error.message}`);
  }
  return undefined;
}

function winnersLearningRate(
  { trials }: RunData,
  { saved, outputs }: KeptNetwork,
  dataset: Dataset | undefined,
): LearningRate | undefined {
  const trial = trials.find(({ number }) => number === outputs.test.trial);
  if (trial === undefined || dataset === undefined || trial.parent !== null) return undefined;
  const { validation } = saved.spec.dataset;
  const images = dataset.training.count - (typeof validation === "number" ? validation : 0);
  return computeLearningRates(saved.spec, trial, images);
}

interface KeptNetwork {
  readonly saved: SavedNetwork;
  readonly outputs: TrialOutputs;
}

/**
 * Returns the networks with stored outputs: those of the best configuration, then the first seed of each
 * other configuration, in the order of the ranking. All have the same test images and classes.
 */
function keptNetworks(folder: string, { configurations, trials }: RunData): KeptNetwork[] {
  const groups = Map.groupBy(
    trials.filter(({ status }) => status === "completed"),
    ({ configuration }) => configuration,
  );
  const kept: KeptNetwork[] = [];
  for (const [rank, { index }] of configurations.entries()) {
    let found = 0;
    for (const { number } of groups.get(index) ?? []) {
      if (kept.length >= MAX_NETWORKS || (rank > 0 && found > 0)) break;
      const network = keptNetwork(folder, number);
      if (network === undefined || !sameImages(kept[0], network)) continue;
      kept.push(network);
      found++;
    }
  }
  return kept;
}

function keptNetwork(folder: string, trial: number): KeptNetwork | undefined {
  const path = join(folder, "trials", `${trial}`, "model.safetensors");
  if (!existsSync(path)) return undefined;
  const saved = decodeNetwork(readFileSync(path), path);
  const outputs = readOutputs(folder, trial, saved.spec.loss.type);
  return outputs && { saved, outputs };
}

function sameImages(first: KeptNetwork | undefined, { outputs }: KeptNetwork): boolean {
  if (first === undefined) return true;
  const [a, b] = [first.outputs.test.predictions, outputs.test.predictions];
  return a.classes === b.classes && sameNumbers(a.labels, b.labels);
}

function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((number, at) => number === b[at]);
}

/** Reads the data set of a network. Downloads nothing. */
async function readDataset(folder: string, { spec }: SavedNetwork, dataFolder: string): Promise<Dataset> {
  const { type, ...options } = spec.dataset;
  const { experiment } = readEnvironment(folder);
  const experimentFolder = experiment === null ? join(workspaceFolder, "experiments") : dirname(experiment);
  const context = { dataFolder, experimentFolder };
  const definition = datasets.get(type);
  if (definition?.find(options, context) === undefined)
    throw new DatasetError(`the data set "${type}" is not on this machine. Give its folder with --data.`);
  return definition.load(options, context);
}
