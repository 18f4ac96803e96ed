import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";

import { getProgramUrl } from "../packages/cli/src/start/program-url.ts";
import { getNodeFlags } from "../packages/kernels/src/node/index.ts";

/**
 * Starts a worker process of the product, from the bundle, and lets it train one epoch of an experiment.
 * Returns the seconds from its start until it is ready to train: its program is loaded, its kernels are
 * compiled and its data are read. These are the seconds until the trial has ended, without those of the trial
 * itself, which the worker measures. `scratch`: a folder for the files of the trial.
 */
export async function measureWorkerStart(experimentFile: string, scratch: string): Promise<number> {
  const program = await getProgramUrl();
  const { WorkerProcess, HUNG_AFTER_SECONDS }: typeof import("../packages/runner/src/index.ts") =
    await import(new URL("nn-runner.mjs", program).href);
  const { loadExperiment }: typeof import("../packages/experiment/src/index.ts") = await import(
    new URL("nn-experiment.mjs", program).href
  );
  const { trials, seed, metric, goal } = await loadExperiment(experimentFile, { set: ["training.epochs=1"] });
  const [trial] = trials;
  if (trial === undefined) throw new Error(`${experimentFile} has no trial.`);
  const context = {
    threads: 1,
    experimentFolder: path.dirname(experimentFile),
    dataFolder: path.join(path.dirname(import.meta.dirname), "data"),
  };
  const trialFolder = mkdtempSync(path.join(scratch, "trial-"));

  const since = performance.now();
  const worker = new WorkerProcess(getNodeFlags(256), { silence: HUNG_AFTER_SECONDS });
  try {
    worker.prepare({ ...context, dataset: trial.spec.dataset });
    const assignment = { ...context, trial, trialFolder, experimentSeed: seed, metric, goal };
    const limits = { until: 1, recorded: 0, checkpointSeconds: 30 };
    const { seconds } = await worker.run({ ...assignment, ...limits }, () => {});
    return (performance.now() - since) / 1000 - seconds;
  } finally {
    await worker.end();
    rmSync(trialFolder, { recursive: true });
  }
}
