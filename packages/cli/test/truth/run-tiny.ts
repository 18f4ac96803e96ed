import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { loadExperimentPlan, type Experiment } from "@nn/experiment";
import { openRunDirectory } from "@nn/results";
import { runPendingTrials, type TrialExecutor } from "@nn/runner";
import { prepareData, runTrial, type Trial, type TrainingRuntime } from "@nn/training";

import { RunProgressReporter } from "../../src/terminal/run-progress-reporter.ts";
import { createRecordedTerminal } from "../support/recorded-terminal.ts";

const folder = join(import.meta.dirname, "experiments");

/** Name → file. The others extend `base`. */
export const tinyExperiments: ReadonlyMap<string, string> = new Map(
  globSync("*.yaml", { cwd: folder })
    .sort()
    .map((file) => [basename(file, ".yaml"), join(folder, file)]),
);

/** The results of a tiny experiment. */
export interface TinyRun {
  readonly experiment: Experiment;
  /** Its run directory. */
  readonly path: string;
  /** The completed trials, by number. */
  readonly completed: readonly Trial[];
  readonly results: string;
  readonly epochs: string;
}

/**
 * Runs a tiny experiment like the command, but without processes: one runtime trains all trials, one after
 * the other.
 */
export async function runTiny(file: string, runtime: TrainingRuntime, out: string): Promise<TinyRun> {
  const { experiment, next, fingerprintTrial, customFiles } = await loadExperimentPlan(file);
  const context = { dataFolder: "/nowhere", experimentFolder: dirname(file) };
  const { signal } = new AbortController();
  const directory = openRunDirectory({
    folder: join(out, experiment.name),
    fingerprint: experiment.fingerprint,
    name: experiment.name,
    sweptPaths: experiment.sweptPaths,
    withParents: experiment.continuesNetworks,
    files: { "experiment.yaml": "", "environment.json": "{}" },
  });
  const completed: Trial[] = [];
  const run = {
    experiment,
    next,
    fingerprintTrial,
    directory,
    data: await prepareData(experiment.datasets, context, signal, () => {}),
    customFiles,
    ...context,
    executors: [executorWith(runtime, completed)],
    threads: 1,
    checkpointSeconds: 1000,
    maxFailures: 1,
    signal,
  };
  try {
    const screen = new RunProgressReporter(experiment, directory.records, createRecordedTerminal(), clock);
    await runPendingTrials(run, screen).finally(() => screen.stop());
    directory.writeTables();
  } finally {
    directory.close();
  }
  const read = (name: string): string => readFileSync(join(directory.path, name), "utf8");
  completed.sort((one, other) => one.number - other.number);
  return {
    experiment,
    completed,
    path: directory.path,
    results: read("results.csv"),
    epochs: read("epochs.csv"),
  };
}

/** Always 0, because the compared tables do not contain times. */
const clock = (): number => 0;

function executorWith(runtime: TrainingRuntime, completed: Trial[]): TrialExecutor {
  return {
    async run(assignment, onReport) {
      const outcome = await runTrial(runtime, assignment, clock, onReport);
      if (outcome.status === "completed") completed.push(assignment.trial);
      return outcome;
    },
    end: () => Promise.resolve(),
  };
}
