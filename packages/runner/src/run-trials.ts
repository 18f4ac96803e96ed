import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { builtInCatalogs, type Catalogs, type Experiment, type TrialProposer } from "@nn/experiment";
import {
  countCompletedEpochs,
  writeFileAtomically,
  type DatasetRecord,
  type RunDirectory,
} from "@nn/results";
import { createPruner } from "@nn/sweep";
import {
  CHECKPOINT_FILE,
  isCustomType,
  type InputHashes,
  type TrialAssignment,
  type ThreadCount,
  type TrialFingerprinter,
  type Trial,
} from "@nn/training";

import { DurableNotifications } from "./scheduling/durable-notifications.ts";
import { SweepScheduler, type TrainingSegment } from "./scheduling/sweep-scheduler.ts";
import { updateEnvironment } from "./update-environment.ts";
import { createLogger } from "./loggers/tensorboard-logger.ts";
import { FileRetention } from "./scheduling/file-retention.ts";
import { formatPruningReason } from "./scheduling/pruned-event.ts";
import type { RunObserver } from "./run-observer.ts";
import { dispatchTrials } from "./scheduling/dispatch-trials.ts";
import type { TrialObserver } from "./scheduling/trial-observer.ts";
import type { TrialExecutor } from "./scheduling/trial-executor.ts";
import { getActiveSeconds } from "./processes/active-time.ts";
import { TrialJournal } from "./scheduling/trial-journal.ts";

/** Number of retries of a trial whose process was killed or ran out of memory. */
const RETRIES = 2;

/** Arguments of `runPendingTrials`: an experiment, its run directory, its data and its executors. */
export interface RunTrialsOptions {
  readonly experiment: Experiment;
  /** Proposes the trials of later generations. */
  readonly next: TrialProposer;
  /** Returns the training identity of a trial. It is used to find the same trial in other runs. */
  readonly fingerprintTrial: TrialFingerprinter;
  /** The catalogs of pruners and schedules. Default: the built-in ones. */
  readonly catalogs?: Pick<Catalogs, "pruners" | "schedules"> | undefined;
  readonly directory: RunDirectory;
  /** Trial number → the checkpoint of an earlier run from which the trial resumes. */
  readonly checkpoints?: ReadonlyMap<number, string> | undefined;
  /** Absolute path. */
  readonly dataFolder: string;
  /** The available data. */
  readonly data: readonly DatasetRecord[];
  /** The path of each custom part → the bytes of its file. */
  readonly customFiles: ReadonlyMap<string, Uint8Array>;
  readonly experimentFolder: string;
  readonly executors: readonly TrialExecutor[];
  /** Number of threads of each executor. */
  readonly threads: ThreadCount;
  /** Seconds between two checkpoints of a trial. */
  readonly checkpointSeconds: number;
  /**
   * True if the worker writes a profile to the run directory. Allowed only if the experiment has a single
   * trial.
   */
  readonly profile?: boolean | undefined;
  /** See `DispatchOptions.maxFailures`. */
  readonly maxFailures: number;
  readonly signal: AbortSignal;
}

/**
 * A trial that was stopped during training. Its checkpoint is after `epoch` completed epochs, or within the
 * next epoch.
 */
export interface StoppedTrial {
  readonly trial: Trial;
  readonly epoch: number;
}

/** Creates the sweep scheduler of an experiment, with the records of the run directory. */
export function createSweepScheduler(
  {
    experiment,
    next,
    catalogs,
    directory,
  }: Pick<RunTrialsOptions, "experiment" | "next" | "catalogs"> & {
    readonly directory: Pick<RunDirectory, "records" | "sweepEnd">;
  },
  onPruned: (part: TrainingSegment) => void,
): SweepScheduler {
  const { pruner: block, trials, generations, goal } = experiment;
  const epochs = Math.max(...trials.map(({ spec }) => spec.training.epochs));
  const pruner = block && createPruner(block, { epochs, generations, goal }, catalogs?.pruners);
  return new SweepScheduler({
    experiment,
    next,
    pruner,
    customPruner: isCustomType(block?.type) ? block.type : undefined,
    records: directory.records,
    ended: directory.sweepEnd,
    onPruned: (trial, until) => onPruned({ trial, until }),
  });
}

/**
 * Trains the unfinished trials of an experiment. Each event is first written to the journal. The observer
 * receives an event when it is on the disk. Returns the trials that the signal stopped during training.
 */
export async function runPendingTrials(
  run: RunTrialsOptions,
  observer: RunObserver,
): Promise<StoppedTrial[]> {
  const { directory, experiment, threads, data, executors, maxFailures, signal } = run;
  // Each worker of a server has its own number of threads.
  const isRemote = experiment.executor?.type === "redis";
  updateEnvironment(directory.path, { threads: isRemote ? null : threads, data });

  const journal = new TrialJournal(directory, experiment, run.fingerprintTrial, getActiveSeconds);
  const announcements = new DurableNotifications(directory);
  const stopped = new Map<number, StoppedTrial>();
  const logger = experiment.loggers.length > 0 ? createLogger(directory) : undefined;
  const retention = new FileRetention({ experiment, catalogs: run.catalogs ?? builtInCatalogs, directory });
  let kernels: string | undefined;
  const listener: TrialObserver = {
    onStart: ({ trial }, worker) => journal.start(trial, worker),
    onReport(trial, report) {
      if (report.kind === "resumed") journal.resumed(trial, report.epoch);
      if (report.kind === "epoch") journal.epoch(trial, report.epoch);
      announcements.add(() => observer.report(trial, report));
      if (report.kind === "epoch") announcements.add(() => logger?.update(trial.number));
    },
    onStoppedWithCheckpoint: (trial, { epoch }) => stopped.set(trial.number, { trial, epoch }),
    onPaused: (trial) => journal.paused(trial),
    onEnd(trial, outcome) {
      journal.ended(trial, outcome);
      retention.onEnded(scheduler.trials);
      if (outcome.kernels !== kernels) {
        // The kernels are known only in the worker processes.
        kernels = outcome.kernels;
        updateEnvironment(directory.path, { kernels });
      }
      announcements.add(() => observer.ended(trial, outcome));
      announcements.add(() => logger?.update(trial.number));
    },
    onRetry: (trial, reason) => announcements.add(() => observer.retried(trial, reason)),
    onFail(trial, reason, stack) {
      const details = journal.failed(trial, reason, stack);
      announcements.add(() => observer.failed(trial, reason, details));
    },
  };
  const scheduler = createSweepScheduler(run, ({ trial, until }) => {
    journal.pruned(trial, until, formatPruningReason(experiment, until));
    announcements.add(() => observer.pruned(trial, until));
    announcements.add(() => logger?.update(trial.number));
  });
  const inputs = hashInputs(run);
  const assign = (part: TrainingSegment): TrialAssignment => createAssignment(run, part, inputs);
  const schedule = { scheduler, assign, executors, retries: RETRIES, maxFailures, signal };
  try {
    await dispatchTrials(schedule, listener);
    recordSweepEnd(scheduler, directory);
    announcements.add(() => logger?.updateAll());
  } finally {
    await announcements.delivered();
    await directory.synced();
    await retention.deleted();
  }
  return [...stopped.values()].sort((a, b) => a.trial.number - b.trial.number);
}

/**
 * Records the prunings of trials that wait for no other trial. If the run was killed, or its disk was full,
 * after the results on which the prunings depend were recorded, they may be all that is missing.
 */
export function recordPrunings(
  run: Pick<RunTrialsOptions, "experiment" | "next" | "catalogs" | "fingerprintTrial" | "directory">,
): SweepScheduler {
  const { directory, experiment, fingerprintTrial } = run;
  const journal = new TrialJournal(directory, experiment, fingerprintTrial, getActiveSeconds);
  return createSweepScheduler(run, ({ trial, until }) =>
    journal.pruned(trial, until, formatPruningReason(experiment, until)),
  );
}

/** Records the end of a sweep that its budget has ended, and removes the files of later trials. */
export function recordSweepEnd({ isOver, end }: SweepScheduler, directory: RunDirectory): void {
  if (isOver && end !== undefined) directory.endSweep(end.after, end.reason);
}

/**
 * Copies the checkpoint of an earlier run to the trial's folder, unless the trial has recorded epochs or a
 * checkpoint.
 */
function continueFromEarlier({ directory, checkpoints }: RunTrialsOptions, { number }: Trial): void {
  const [earlier, own] = [checkpoints?.get(number), join(directory.trialFolder(number), CHECKPOINT_FILE)];
  if (earlier === undefined || existsSync(own) || directory.records.get(number)?.history.length !== 0) return;
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(earlier);
  } catch {
    return; // The checkpoint has been deleted: the trial is trained from the start.
  }
  writeFileAtomically(own, bytes);
}

/** Returns the hashes of the inputs with which this run was checked. */
function hashInputs({ data, customFiles }: RunTrialsOptions): InputHashes {
  const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
  return {
    data: Object.fromEntries(data.map(({ name, sha256 }) => [name, sha256])),
    files: Object.fromEntries([...customFiles].map(([path, bytes]) => [path, hashOf(bytes)])),
  };
}

function createAssignment(
  run: RunTrialsOptions,
  { trial, until }: TrainingSegment,
  inputs: InputHashes,
): TrialAssignment {
  const { experiment, directory } = run;
  continueFromEarlier(run, trial);
  return {
    trial,
    until,
    experimentSeed: experiment.seed,
    threads: run.threads,
    experimentFolder: run.experimentFolder,
    dataFolder: run.dataFolder,
    trialFolder: directory.trialFolder(trial.number),
    ...(run.profile === true && { profileFolder: directory.path }),
    recorded: countCompletedEpochs(directory.records, { trial: trial.number, parent: trial.parent }) ?? 0,
    ...(trial.parent !== undefined && {
      startFrom: join(directory.trialFolder(trial.parent), CHECKPOINT_FILE),
    }),
    checkpointSeconds: run.checkpointSeconds,
    metric: experiment.metric,
    goal: experiment.goal,
    inputs,
  };
}
