import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { datasets, DatasetError, type Dataset, type Split } from "@nn/mnist";
import type { LearningRate, ReportData, SetEvaluation } from "@nn/report";
import { readEnvironment, workspaceFolder } from "@nn/runner";
import { decodeNetwork, getProbabilityFunction, type SavedNetwork } from "@nn/training";

import { compareRuns } from "./compare-runs.ts";
import { computeLearningRates } from "./learning-rate.ts";
import { evaluateOutputs } from "./read-evaluation.ts";
import { readOutputs, type SetPredictions, type TrialOutputs } from "./outputs.ts";
import { toReportNetwork } from "./report-network.ts";
import { readRun, type RunData } from "./read-run.ts";

/** Maximum number of networks whose predictions are compared. */
const MAX_NETWORKS = 12;

/**
 * Gathers the content of a report: everything about the first run, and the best results of the others.
 * `dataFolder`: the folder to search for data sets. The data set of the run is needed only for its images.
 * `notice` receives the reasons why something is left out. Throws RunDirectoryError.
 */
export async function gatherReportData(
  folders: readonly [string, ...string[]],
  dataFolder: string,
  notice: (text: string) => void,
): Promise<ReportData> {
  const [folder] = folders;
  const run = readRun(folder);
  const shared = { ...run, runComparison: folders.length > 1 ? compareRuns(folders, notice) : null };
  const kept = readKeptNetworks(folder, run);
  const [winner] = kept;
  if (winner === undefined) return { ...shared, learningRate: null, evaluation: null };
  const { saved, outputs } = winner;
  const dataset = await describeDataset(folder, winner, dataFolder, notice);
  const classes = Array.from(
    { length: outputs.test.predictions.classes },
    (_, label) => saved.classNames?.[label] ?? `${label}`,
  );
  return {
    ...shared,
    learningRate: computeBestLearningRates(run, winner, dataset) ?? null,
    evaluation: {
      classes,
      sets: evaluateSets(kept, dataset, notice),
      network: toReportNetwork(saved, outputs.test.trial) ?? null,
    },
  };
}

/** Evaluates the networks on the test images, and on the validation images of the first network. */
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
  // With another number of held-out images, the validation images differ.
  const networks = kept.flatMap(({ outputs: { validation } }) =>
    validation !== undefined && haveEqualNumbers(validation.indices, first.indices) ? [validation] : [],
  );
  const isSame = dataset !== undefined && isPartOf(dataset.training, first);
  if (dataset !== undefined && !isSame)
    notice(
      "the report has no validation images: the data set has other training images than those of the run.",
    );
  return [evaluateOutputs("validation", networks, isSame ? source(dataset.training) : undefined), test];
}

/** Returns whether the images of a split at these positions have these labels. */
function isPartOf({ labels }: Split, { indices, predictions }: SetPredictions): boolean {
  return indices.every((index, image) => labels[index] === predictions.labels[image]);
}

/**
 * Returns the data set of a network. Prints a notice and returns undefined if it cannot be read or differs.
 */
async function describeDataset(
  folder: string,
  { saved, outputs }: KeptNetwork,
  dataFolder: string,
  notice: (text: string) => void,
): Promise<Dataset | undefined> {
  try {
    const dataset = await readDataset(folder, saved, dataFolder);
    if (haveEqualNumbers(dataset.test.labels, outputs.test.predictions.labels)) return dataset;
    notice("the report has no images: the data set has other test images than those of the run.");
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    notice(`the report has no images: ${error.message}`);
  }
  return undefined;
}

function computeBestLearningRates(
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
 * Returns the networks with stored outputs, in the order of the ranking: all seeds of the best configuration,
 * and the first seed of the others. All have the same test images and classes.
 */
function readKeptNetworks(folder: string, { configurations, trials }: RunData): KeptNetwork[] {
  const groups = Map.groupBy(
    trials.filter(({ status }) => status === "completed"),
    ({ configuration }) => configuration,
  );
  const kept: KeptNetwork[] = [];
  for (const [rank, { index }] of configurations.entries()) {
    let found = 0;
    for (const { number } of groups.get(index) ?? []) {
      if (kept.length >= MAX_NETWORKS || (rank > 0 && found > 0)) break;
      const network = readKeptNetwork(folder, number);
      if (network === undefined || !haveSameImages(kept[0], network)) continue;
      kept.push(network);
      found++;
    }
  }
  return kept;
}

function readKeptNetwork(folder: string, trial: number): KeptNetwork | undefined {
  const path = join(folder, "trials", `${trial}`, "model.safetensors");
  if (!existsSync(path)) return undefined;
  const saved = decodeNetwork(readFileSync(path), path);
  const outputs = readOutputs(folder, trial, getProbabilityFunction(saved.spec));
  return outputs && { saved, outputs };
}

function haveSameImages(first: KeptNetwork | undefined, { outputs }: KeptNetwork): boolean {
  if (first === undefined) return true;
  const [a, b] = [first.outputs.test.predictions, outputs.test.predictions];
  return a.classes === b.classes && haveEqualNumbers(a.labels, b.labels);
}

function haveEqualNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
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
