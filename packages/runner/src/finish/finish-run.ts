import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Catalogs } from "@nn/experiment";
import { wrapFileSystemErrors, writeFileAtomically } from "@nn/results";
import { NETWORK_FILE, OUTPUTS_FILE, type Trial, type TrialSpec } from "@nn/training";

import { createLogger } from "../loggers/tensorboard-logger.ts";
import { FileRetention } from "../scheduling/file-retention.ts";
import { rankConfigurations } from "../scheduling/ranking.ts";
import { BEST_EXPERIMENT_FILE, createBestExperiment } from "./best-experiment.ts";
import { writeModelCards, type ModelCardsOptions } from "./model-cards.ts";

/** Arguments of `finishRun`. */
export interface FinishRunOptions extends ModelCardsOptions {
  readonly catalogs: Pick<Catalogs, "schedules">;
}

/** The result of `finishRun`. */
export interface FinishResult {
  /** The spec of the best configuration; undefined if there is none, and no best.yaml. */
  readonly best: TrialSpec | undefined;
  /** Number of trials whose networks or outputs are not kept and were deleted now. */
  readonly deleted: number;
  /** Number of trials whose network, or outputs, should be kept, but were deleted by an earlier command. */
  readonly missing: { readonly networks: number; readonly outputs: number };
}

/**
 * Completes the files of a run after its last trial. Deletes large files that are not kept. Writes a model
 * card for each network, best.yaml after a sweep, and missing event files. Deletes the event files of trials
 * after the end of the sweep. `trials`: all trials within the budget of the sweep. Throws RunDirectoryError.
 */
export async function finishRun(run: FinishRunOptions, trials: readonly Trial[]): Promise<FinishResult> {
  const { experiment, directory } = run;
  const deleted = await new FileRetention(run).finish(trials);
  await writeModelCards(run, trials);
  if (experiment.loggers.length > 0) {
    const logger = createLogger(directory);
    logger.addMissing();
    logger.deleteOthers();
  }
  const path = join(directory.path, BEST_EXPERIMENT_FILE);
  const best = createBestExperiment(experiment, trials, directory.records, directory.path);
  if (best !== undefined) writeFileAtomically(path, best.text);
  else wrapFileSystemErrors("delete", path, () => rmSync(path, { force: true }));
  return { best: best?.spec, deleted, missing: countMissing(run, trials) };
}

function countMissing(
  { experiment, directory }: FinishRunOptions,
  trials: readonly Trial[],
): FinishResult["missing"] {
  const { networks, outputs } = experiment.keep;
  const ranking = rankConfigurations({ ...experiment, trials }, directory.records);
  const countOf = (file: string, count: number | "all"): number => {
    const kept = ranking.slice(0, count === "all" ? undefined : count);
    const configurations = new Set(kept.map(({ configuration }) => configuration));
    return trials.filter(
      ({ number, configuration }) =>
        configurations.has(configuration) &&
        directory.records.get(number)?.status === "completed" &&
        !existsSync(join(directory.path, "trials", `${number}`, file)),
    ).length;
  };
  return { networks: countOf(NETWORK_FILE, networks), outputs: countOf(OUTPUTS_FILE, outputs) };
}
