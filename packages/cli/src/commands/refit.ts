import { existsSync } from "node:fs";
import { join, relative } from "node:path";

import { writeFileAtomically } from "@nn/results";
import { BEST_EXPERIMENT_FILE, readEnvironment } from "@nn/runner";
import { isRecord } from "@nn/training";
import { mean } from "simple-statistics";
import { stringify } from "yaml";

import { findRun, throwRunNotFound } from "../runs/find-run.ts";
import {
  describeRun,
  rankConfigurationRows,
  readExperiment,
  type RunDescription,
} from "../runs/run-description.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatCommand } from "./command-line.ts";
import { experimentCommand, type ExperimentOptions } from "./experiment.ts";

/** The experiment that trains the best configuration on all images, beside best.yaml. */
const REFIT_FILE = "refit.yaml";

/**
 * Runs `refit RUN`: trains the best configuration of a sweep once more, on the training and the validation
 * images together. Without validation images there is no early stopping: the number of epochs is the mean of
 * the best epochs of its trials. Returns the exit code. Throws ExperimentError, DatasetError and
 * RunDirectoryError.
 */
export async function refitCommand(
  where: string,
  options: ExperimentOptions,
  terminal: Terminal,
): Promise<number> {
  const { run } = findRun(where);
  const best = join(run, BEST_EXPERIMENT_FILE);
  if (!existsSync(best)) {
    const { experiment, name } = describeRun(run);
    const advice =
      experiment["sweep"] !== undefined
        ? "The sweep is not finished, or none of its trials has the metric. Run its experiment again: it resumes, " +
          "and writes the file at its end if there is a best configuration."
        : needsValidation(experiment)
          ? "It is not the run of a sweep. To train it on all images, set dataset.validation to 0 in a copy of the " +
            "experiment, without training.earlyStopping and reduce-on-plateau, which need validation images."
          : `It is not the run of a sweep. To train it on all images, type:\n  ${commandForAllImages(run, name)}`;
    throwRunNotFound(where, `this run has no ${BEST_EXPERIMENT_FILE}`, advice);
  }
  const { content, notices } = withAllImages(readExperiment(best), describeRun(run));
  const path = join(run, REFIT_FILE);
  const comment = `# The experiment of ${BEST_EXPERIMENT_FILE}, trained on the training and the validation images.\n\n`;
  writeFileAtomically(path, comment + stringify(content));
  for (const notice of notices) terminal.err.write(`notice: ${notice}\n`);
  return experimentCommand(path, options, terminal);
}

/** Whether the training itself reads the metrics of the validation images. */
function needsValidation({ training, schedule }: Readonly<Record<string, unknown>>): boolean {
  const stopsEarly = isRecord(training) && training["earlyStopping"] !== undefined;
  return stopsEarly || (isRecord(schedule) && schedule["type"] === "reduce-on-plateau");
}

/** Returns the command that trains the experiment of a run without validation images, under another name. */
function commandForAllImages(run: string, name: string): string {
  const { experiment, set } = readEnvironment(run);
  const isThere = experiment !== null && existsSync(experiment);
  // The run's own copy contains what --set changed.
  const [file, changes] = isThere ? [experiment, set] : [join(run, "experiment.yaml"), []];
  const assignments = [...changes, `name=${name}-refit`, "dataset.validation=0"];
  const own = [
    "experiment",
    relative(process.cwd(), file),
    ...assignments.flatMap((each) => ["--set", each]),
  ];
  return formatCommand(process.argv, process.env, own);
}

/** Returns an experiment that holds out no images. */
function withAllImages(
  best: Readonly<Record<string, unknown>>,
  run: RunDescription,
): { readonly content: Readonly<Record<string, unknown>>; readonly notices: readonly string[] } {
  const { name: _name, description: _description, dataset, training, ...rest } = best;
  const { earlyStopping, ...others } = isRecord(training) ? training : {};
  const [winner] = rankConfigurationRows(run);
  const epochs = winner?.rows.flatMap(({ bestEpoch }) => bestEpoch ?? []) ?? [];
  const stopsEarly = earlyStopping !== undefined && epochs.length > 0;
  const maxEpochs = Math.max(1, Math.round(stopsEarly ? mean(epochs) : 0));
  return {
    content: {
      name: `${run.name}-refit`,
      description: `The best configuration of the sweep ${run.name}, trained on all images`,
      ...rest,
      dataset: { ...(isRecord(dataset) ? dataset : {}), validation: 0 },
      training: { ...others, ...(stopsEarly && { epochs: maxEpochs }) },
    },
    notices: stopsEarly
      ? [
          `without validation images there is no early stopping: training ${maxEpochs} epochs, the mean best epoch`,
        ]
      : [],
  };
}
