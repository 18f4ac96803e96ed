import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Experiment, ForecastInput } from "@nn/experiment";
import { createModelCard, type ModelCardInput } from "@nn/formats";
import { wrapFileSystemErrors, writeFilesAtomically, type RunDirectory, type TrialRecord } from "@nn/results";
import { findRestoredEpoch, NETWORK_FILE, type Trial, type TrialSpec } from "@nn/training";

import { rankConfigurations } from "../scheduling/ranking.ts";

/** The description of a trial's network, in its folder. */
export const MODEL_CARD_FILE = "model-card.md";

/** Arguments of `writeModelCards`. */
export interface ModelCardsOptions {
  readonly experiment: Experiment;
  readonly directory: Pick<RunDirectory, "path" | "records" | "data">;
  readonly forecastInputOf: (spec: TrialSpec) => ForecastInput;
}

/**
 * Writes a model card for each kept network, and deletes the cards of other networks. A card depends only on
 * the experiment and its results. Throws RunDirectoryError.
 */
export async function writeModelCards(options: ModelCardsOptions, trials: readonly Trial[]): Promise<void> {
  const { experiment, directory } = options;
  const ranking = rankConfigurations({ ...experiment, trials }, directory.records);
  const best = ranking[0]?.configuration;
  const cards: (readonly [string, string])[] = [];
  for (const trial of trials) {
    const folder = join(directory.path, "trials", `${trial.number}`);
    const path = join(folder, MODEL_CARD_FILE);
    const record = directory.records.get(trial.number);
    if (record?.status === "completed" && existsSync(join(folder, NETWORK_FILE))) {
      const isBest = trial.configuration === best && experiment.sweptPaths.length > 0;
      const selection = isBest ? ranking.length : undefined;
      cards.push([path, createModelCard(createTrialCard(options, trial, record, trials, selection))]);
    } else {
      wrapFileSystemErrors("delete", path, () => rmSync(path, { force: true }));
    }
  }
  await writeFilesAtomically(cards);
}

/** `configurations`: the number of configurations if the trial has the best one; otherwise undefined. */
function createTrialCard(
  { experiment, directory, forecastInputOf }: ModelCardsOptions,
  trial: Trial,
  record: TrialRecord,
  trials: readonly Trial[],
  configurations: number | undefined,
): ModelCardInput {
  const { spec, seed, number, configuration } = trial;
  const { plan, info } = forecastInputOf(spec);
  const { name, description, metric } = experiment;
  const repeats = trials
    .filter((each) => each.configuration === configuration)
    .flatMap((each) => {
      const own = directory.records.get(each.number);
      return own?.status === "completed"
        ? [{ seed: each.seed, validation: own.validation, test: own.test }]
        : [];
    });
  const restored = findRestoredEpoch(record.history, trial);
  const { validation } = spec.dataset;
  const validationImages = validation === "test" ? 0 : validation;
  const parameters = Object.entries(trial.parameters).map(
    ([path, value]) => [path, typeof value === "string" ? value : JSON.stringify(value)] as const,
  );
  return {
    name,
    ...(description !== "" && { description }),
    run: name,
    trial: number,
    seed,
    spec,
    epochs: record.epochs,
    ...(restored !== record.epochs && { bestEpoch: restored }),
    ...(configurations !== undefined && {
      selection: { configurations, metric, parameters: Object.fromEntries(parameters) },
    }),
    data: {
      trainingImages: info.trainingCount - validationImages,
      validationImages,
      testImages: info.testCount,
      inputShape: info.exampleShape,
      classes: info.classes,
      classNames: info.classNames,
      sha256: [...directory.data.values()].length === 1 ? [...directory.data.values()][0]!.sha256 : undefined,
    },
    network: plan,
    metrics: { validation: record.validation, test: record.test },
    repeats,
  };
}
