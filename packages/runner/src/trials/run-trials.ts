import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { writeFileAtomically, type DataIdentity, type RunDirectory } from "@nn/results";

import type { Experiment, Trial } from "../experiment.ts";
import type { RunScreen } from "../screen/run-screen.ts";
import { CHECKPOINT_FILE } from "../training/checkpoint-file.ts";
import { describeEnvironment, recordedCircumstances, type Circumstances } from "./environment.ts";
import type { Assignment, TrialOutcome } from "./messages.ts";
import { runTrials, type ScheduleListener } from "./schedule.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** How often a trial is tried again when its process was killed or ran out of memory. */
const RETRIES = 2;

/** How much of a trial a kill costs at most, in seconds. Says nothing of the results: so it is in no experiment. */
const CHECKPOINT_SECONDS = Number(process.env["NN_CHECKPOINT_SECONDS"] ?? 30);

export interface Run {
  readonly experiment: Experiment;
  readonly directory: RunDirectory;
  /** The trials to train. */
  readonly pending: readonly Trial[];
  /** Absolute. */
  readonly dataFolder: string;
  /** What is there. */
  readonly data: readonly DataIdentity[];
  readonly experimentFolder: string;
  readonly workers: readonly WorkerProcess[];
  /** Of each worker. */
  readonly threads: number;
  readonly signal: AbortSignal;
}

/** Trains the pending trials: the journal first, then the screen, so that what a person has seen is on the disk. */
export async function trainPending(run: Run, screen: RunScreen): Promise<void> {
  const { directory, threads, data } = run;
  const writeEnvironment = (kernels: Circumstances["kernels"]): void =>
    writeFileAtomically(
      join(directory.path, "environment.json"),
      describeEnvironment({ kernels, threads, data }),
    );
  writeEnvironment(recordedCircumstances(directory.path).kernels);

  const started = new Map<number, number>();
  let kernels: string | undefined;

  const listener: ScheduleListener = {
    onStart(trial, worker) {
      started.set(trial.number, performance.now());
      // What a killed attempt left, half-written files among it; its checkpoint is what this one goes on from.
      const folder = directory.trialFolder(trial.number);
      for (const name of readdirSync(folder).filter((each) => each !== CHECKPOINT_FILE)) {
        rmSync(join(folder, name), { recursive: true, force: true });
      }
      const { number, seed, parameters } = trial;
      directory.append({ event: "trial-started", trial: number, seed, parameters, worker });
    },
    onReport(trial, report) {
      if (report.kind === "resumed") {
        directory.append({ event: "trial-resumed", trial: trial.number, epoch: report.epoch });
      } else if (report.kind === "epoch") {
        directory.append({ event: "epoch", trial: trial.number, ...report.epoch });
        directory.refreshTables();
      }
      screen.report(trial, report);
    },
    onEnd(trial, outcome) {
      const { status } = outcome;
      // Each is assigned up to its last epoch.
      if (status === "paused") return;
      directory.append({ event: "trial-ended", trial: trial.number, ...recorded(outcome), status });
      directory.refreshTables();
      if (outcome.kernels !== kernels) {
        // Which kernels run is known to the processes that run them.
        kernels = outcome.kernels;
        writeEnvironment(kernels);
      }
      screen.ended(trial, outcome);
    },
    onRetry(trial, reason) {
      screen.retried(trial, reason);
    },
    onFail(trial, reason, stack) {
      const epochs = directory.records.get(trial.number)?.epochs ?? 0;
      const seconds = (performance.now() - (started.get(trial.number) ?? 0)) / 1000;
      directory.append({
        event: "trial-ended",
        trial: trial.number,
        status: "failed",
        epochs,
        seconds,
        reason,
      });
      directory.refreshTables();
      const details = stack === null ? undefined : join(directory.trialFolder(trial.number), "error.txt");
      if (details !== undefined) writeFileAtomically(details, `${stack}\n`);
      screen.failed(trial, reason, details);
    },
  };

  const { pending: trials, workers, signal } = run;
  const assign = (trial: Trial): Assignment => assignmentOf(run, trial);
  await runTrials({ trials, assign, workers, retries: RETRIES, signal }, listener);
}

function assignmentOf(run: Run, trial: Trial): Assignment {
  const { experiment } = run;
  return {
    trial,
    experimentSeed: experiment.seed,
    threads: run.threads,
    experimentFolder: run.experimentFolder,
    dataFolder: run.dataFolder,
    trialFolder: run.directory.trialFolder(trial.number),
    metric: experiment.metric,
    goal: experiment.goal,
    until: trial.spec.training.epochs,
    checkpointSeconds: CHECKPOINT_SECONDS,
    recorded: run.directory.records.get(trial.number)?.earlier?.at(-1)?.epoch ?? 0,
  };
}

/** What the journal keeps of an outcome. */
function recorded({ kernels: _kernels, ...outcome }: TrialOutcome): Omit<TrialOutcome, "kernels"> {
  return outcome;
}
