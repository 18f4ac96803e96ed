import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Catalogs } from "@nn/experiment";
import { wrapFileSystemErrors, writeFileAtomically } from "@nn/results";
import type { Trial } from "@nn/training";

import { KeptFiles } from "../scheduling/kept-files.ts";
import { BEST_FILE, bestExperiment } from "./best-experiment.ts";
import { writeModelCards, type ModelCardsOptions } from "./model-cards.ts";

/** What is needed after the last trial of a run. */
export interface FinishedRun extends ModelCardsOptions {
  readonly catalogs: Pick<Catalogs, "schedules">;
}

/**
 * Completes the files of a run whose trials have all ended: deletes the large files that are not kept, writes
 * a model card for each network, and best.yaml after a sweep. `trials`: all trials that count. Returns
 * whether there is a best.yaml. Throws RunDirectoryError.
 */
export async function finishRun(run: FinishedRun, trials: readonly Trial[]): Promise<boolean> {
  const { experiment, directory } = run;
  new KeptFiles(run).finish(trials);
  await writeModelCards(run, trials);
  const path = join(directory.path, BEST_FILE);
  const text = bestExperiment(experiment, trials, directory.records, directory.path);
  if (text !== undefined) writeFileAtomically(path, text);
  else if (existsSync(path)) wrapFileSystemErrors("delete", path, () => rmSync(path, { force: true }));
  return text !== undefined;
}
