import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

import { ExperimentError, loadExperimentPlan } from "@nn/experiment";
import { schedules } from "@nn/layers";
import { wrapFileSystemErrors, writeFileAtomically } from "@nn/results";
import { BEST_EXPERIMENT_FILE, readBestTrials, readEnvironment } from "@nn/runner";
import { isCustomType, isRecord } from "@nn/training";
import { mean } from "simple-statistics";
import { stringify } from "yaml";

import { findRun, throwRunNotFound } from "../runs/find-run.ts";
import {
  describeRun,
  rankConfigurationRows,
  readExperiment,
  requireAllTrials,
  type RunDescription,
} from "../runs/run-description.ts";
import { adviseCompletion, describeOutcomes } from "../runs/trial-outcomes.ts";
import { formatEpochs } from "../terminal/format.ts";
import { formatNotices } from "../terminal/notices.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatCommand } from "./command-line.ts";
import { planRefit } from "./plan-refit.ts";
import { restorePaths } from "./restore-paths.ts";
import { scheduleNeedsValidation } from "./refit-conditions.ts";
import { experimentCommand, requireOutsideRuns, type ExperimentOptions } from "./experiment.ts";

/** The experiment that trains the best configuration on all images, beside best.yaml. */
const REFIT_FILE = "refit.yaml";

/**
 * Runs `refit RUN`: trains the best configuration of a sweep again, on the training and the validation images
 * together. Early stopping is not possible without validation images. Instead, the number of epochs is the
 * mean of the epochs whose weights the trials restored. A dry run writes no file. Returns the exit code.
 * Throws ExperimentError, DatasetError and RunDirectoryError.
 */
export async function refitCommand(
  where: string,
  options: ExperimentOptions,
  terminal: Terminal,
): Promise<number> {
  const { run, trial } = findRun(where);
  if (trial !== undefined) {
    const command = formatCommand(process.argv, process.env, ["refit", relative(process.cwd(), run)]);
    const message = `this is trial ${trial} of a run, but refit trains the best configuration of a whole run`;
    throwRunNotFound(where, message, `Give the run:\n  ${command}`);
  }
  const best = join(run, BEST_EXPERIMENT_FILE);
  const description = describeRun(run);
  if (!existsSync(best)) {
    const { experiment, rows } = description;
    const name = getName(description);
    if (rows.length > 0 && rows.every(({ status }) => status !== "completed")) {
      const message = `this run has no ${BEST_EXPERIMENT_FILE}: ${describeOutcomes(rows)}`;
      throwRunNotFound(where, message, adviseCompletion(description));
    }
    const advice =
      experiment["sweep"] !== undefined
        ? "The sweep is not finished, or none of its trials has the metric. Run its experiment again: it resumes, " +
          "and writes the file at its end if there is a best configuration."
        : (await needsValidation(experiment, findSource(run).file))
          ? "It is not the run of a sweep. To train it on all images, set dataset.validation to 0 in a copy of the " +
            "experiment, without training.earlyStopping and reduce-on-plateau, which need validation images."
          : `It is not the run of a sweep. To train it on all images, type:\n  ${formatRefitCommand(run, name)}`;
    throwRunNotFound(where, `this run has no ${BEST_EXPERIMENT_FILE}`, advice);
  }
  requireAllTrials(description);
  requireFinished(where, description);
  const written = readExperiment(best);
  const experiment = restorePaths(written, run);
  await requireNoValidation(experiment, best, listChanges(written, experiment));
  const { content, notices } = useAllImages(experiment, description, readTrialNumbers(best));
  const set = listChanges(written, content);
  terminal.err.write(formatNotices([...notices, ...(await planRefit(run, best, set, options))]));
  if (options.dryRun === true) return experimentCommand(best, { ...options, set }, terminal);
  if (options.out !== undefined) requireOutsideRuns(options.out);
  const path = join(run, REFIT_FILE);
  const comment = `# The experiment of ${BEST_EXPERIMENT_FILE}, trained on the training and the validation images.\n\n`;
  writeFileAtomically(path, comment + stringify(content));
  return experimentCommand(path, options, terminal);
}

/** Throws ExperimentError if trials of the run have not ended: then another configuration can be the best. */
function requireFinished(where: string, { rows, trials }: RunDescription): void {
  if (trials === undefined || rows.length >= trials) return;
  throwRunNotFound(
    where,
    `the run is not finished: ${rows.length} of ${trials} trials have ended`,
    "Run its experiment to the end.",
  );
}

/** Returns the numbers of the trials of a best.yaml. Throws RunDirectoryError if the file cannot be read. */
function readTrialNumbers(best: string): readonly number[] | undefined {
  return readBestTrials(wrapFileSystemErrors("read", best, () => readFileSync(best, "utf8")));
}

/** Returns the `--set` options that change one experiment to another. */
function listChanges(
  from: Readonly<Record<string, unknown>>,
  to: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(to)
    .map(([key, value]): [string, string] => [key, JSON.stringify(value)])
    .filter(([key, value]) => value !== JSON.stringify(from[key]))
    .map(([key, value]) => `${key}=${value}`);
}

/**
 * Returns whether the training itself reads the metrics of the validation images. `file` is the experiment's.
 */
async function needsValidation(
  experiment: Readonly<Record<string, unknown>>,
  file: string,
): Promise<boolean> {
  const { training } = experiment;
  const stopsEarly = isRecord(training) && training["earlyStopping"] !== undefined;
  return stopsEarly || (await findValidationSchedule(experiment, file)) !== undefined;
}

/**
 * Returns the schedule of an experiment if it needs validation images. `set` changes the file to the
 * experiment. Throws ExperimentError.
 */
async function findValidationSchedule(
  { schedule }: Readonly<Record<string, unknown>>,
  file: string,
  set: readonly string[] = [],
): Promise<string | undefined> {
  if (!isRecord(schedule)) return undefined;
  const type = String(schedule["type"]);
  const catalog = isCustomType(type)
    ? (await loadExperimentPlan(file, { set })).catalogs.schedules
    : schedules;
  return scheduleNeedsValidation(type, catalog) ? type : undefined;
}

/** Throws ExperimentError if the best configuration cannot be trained without validation images. */
async function requireNoValidation(
  experiment: Readonly<Record<string, unknown>>,
  best: string,
  set: readonly string[],
): Promise<void> {
  const schedule = await findValidationSchedule(experiment, best, set);
  if (schedule === undefined) return;
  throw new ExperimentError([
    {
      place: best,
      message:
        `the best configuration has the schedule ${schedule}, which needs validation images, but refit trains ` +
        "on all images",
      advice:
        "To train it on all images, set dataset.validation to 0 in a copy of this file, and choose a schedule " +
        "that needs none.",
    },
  ]);
}

/** Returns the command that trains the experiment of a run without validation images, under another name. */
function formatRefitCommand(run: string, name: string): string {
  const { file, set } = findSource(run);
  const assignments = [...set, `name=${name}-refit`, "dataset.validation=0"];
  const own = [
    "experiment",
    relative(process.cwd(), file),
    ...assignments.flatMap((each) => ["--set", each]),
  ];
  return formatCommand(process.argv, process.env, own);
}

/** Returns the name of the experiment of a run, although the folder of a copied run may have another name. */
function getName({ experiment, name }: RunDescription): string {
  return typeof experiment["name"] === "string" ? experiment["name"] : name;
}

/** Returns the experiment file of a run, and what `--set` changed. */
function findSource(run: string): { readonly file: string; readonly set: readonly string[] } {
  const { experiment, set } = readEnvironment(run);
  const isThere = experiment !== null && existsSync(experiment);
  // The run's own copy contains what --set changed.
  return isThere ? { file: experiment, set } : { file: join(run, "experiment.yaml"), set: [] };
}

/**
 * Returns an experiment that holds out no images. `numbers`: the trials of the best configuration. If they
 * are unknown, the best configuration of results.csv is used.
 */
function useAllImages(
  best: Readonly<Record<string, unknown>>,
  run: RunDescription,
  numbers: readonly number[] | undefined,
): { readonly content: Readonly<Record<string, unknown>>; readonly notices: readonly string[] } {
  const { name: _name, description: _description, dataset, training, ...rest } = best;
  const { earlyStopping, ...others } = isRecord(training) ? training : {};
  const rows =
    numbers === undefined
      ? (rankConfigurationRows(run)[0]?.rows ?? [])
      : run.rows.filter(({ trial }) => numbers.includes(trial));
  const epochs = rows.flatMap(({ status, bestEpoch = [] }) => (status === "completed" ? bestEpoch : []));
  const stopsEarly = earlyStopping !== undefined && epochs.length > 0;
  const maxEpochs = Math.max(1, Math.round(stopsEarly ? mean(epochs) : 0));
  return {
    content: {
      name: `${getName(run)}-refit`,
      description: `The best configuration of the sweep ${getName(run)}, trained on all images`,
      ...rest,
      dataset: { ...(isRecord(dataset) ? dataset : {}), validation: 0 },
      training: { ...others, ...(stopsEarly && { epochs: maxEpochs }) },
    },
    notices: stopsEarly
      ? [
          "without validation images there is no early stopping: training " +
            `${formatEpochs(maxEpochs)}, the mean best epoch`,
        ]
      : [],
  };
}
