import { availableParallelism } from "node:os";
import { join } from "node:path";

import {
  countTrials,
  type Catalogs,
  type Experiment,
  type ForecastInput,
  type TrialProposer,
} from "@nn/experiment";
import { RunDirectoryError, type DatasetRecord, type RunDirectory } from "@nn/results";
import {
  EarlierTrials,
  InterruptedError,
  ReusingExecutor,
  ActiveTimer,
  hasEarlierRuns,
  createSweepScheduler,
  endExecutors,
  BEST_EXPERIMENT_FILE,
  planResume,
  finishRun,
  chooseRepresentativeTrials,
  countRemainingMultiplyAdds,
  planReuse,
  recordPrunings,
  recordSweepEnd,
  getActiveSeconds,
  assignCores,
  reuseTrials,
  runPendingTrials,
  computeRemainingWork,
  updateEnvironment,
  type WorkerPool,
  type ReuseContext,
  type RunOrigin,
  type TrialExecutor,
  type WorkerProcess,
} from "@nn/runner";
import { removePasswords } from "@nn/runner/passwords";
import {
  prepareData,
  type DataSource,
  type ThreadCount,
  type TrialFingerprinter,
  type TrialSpec,
} from "@nn/training";

import {
  formatRunSummary,
  formatSweepEnd,
  formatFileList,
  formatDeletedNetworks,
} from "../terminal/run-summary.ts";
import { DownloadProgressBar } from "../terminal/download-progress-bar.ts";
import { formatResumePlan, formatReuse } from "../terminal/run-header.ts";
import { RunProgressReporter } from "../terminal/run-progress-reporter.ts";
import { formatStoppedTrials } from "../terminal/stopped-trials.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatCommand, formatRepeatCommand } from "./command-line.ts";
import { countDone } from "./count-done.ts";
import { scheduleNeedsValidation } from "./refit-conditions.ts";
import { describeForecast } from "./forecast.ts";
import { prepareKernels } from "./prepare-kernels.ts";
import { deleteProfile, formatProfile } from "./profile.ts";

/**
 * Default interval between checkpoints, in seconds. Writing a checkpoint takes some milliseconds. If a
 * process is killed, at most the work since the last checkpoint is lost. The interval does not affect the
 * results.
 */
const CHECKPOINT_SECONDS = 30;
/**
 * Number of multiply-adds that one core computes in half a minute. In longer runs, measuring the networks for
 * a forecast takes negligible time.
 */
const LONG_RUN = 1e12;
/** Default number of consecutive failed trials after which a run stops. */
const MAX_FAILURES = 5;

/** Command-line options of the training. */
export interface TrainingOptions {
  readonly workers?: number | undefined;
  readonly threads?: ThreadCount | undefined;
  readonly fresh?: boolean | undefined;
  /** In seconds. */
  readonly checkpointEvery?: number | undefined;
  readonly mostFailures?: number | undefined;
  readonly profile?: boolean | undefined;
  /** Whether the same command deletes this run and starts over, as `verify` does. */
  readonly startsOver?: boolean | undefined;
}

/** Arguments of `train`: the experiment, its data, its run directory and its workers. */
export interface TrainArguments {
  readonly experiment: Experiment;
  readonly next: TrialProposer;
  readonly directory: RunDirectory;
  /** The command that makes the run; recorded if it trains. */
  readonly origin: RunOrigin;
  /** The folder that contains `directory` and the run directories of the same name. */
  readonly folder: string;
  readonly forecastInputOf: (spec: TrialSpec) => ForecastInput;
  readonly fingerprintTrial: TrialFingerprinter;
  /** The catalogs of the experiment, with its custom parts. */
  readonly catalogs: Catalogs;
  /** The path of each custom part → the bytes of its file. */
  readonly customFiles: ReadonlyMap<string, Uint8Array>;
  readonly pool: WorkerPool;
  readonly options: TrainingOptions;
  /** Absolute paths. */
  readonly context: { readonly dataFolder: string; readonly experimentFolder: string };
  readonly sources: readonly DataSource[];
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** The path of the run directory to show to the user. */
  readonly shownFolder: string;
  readonly print: (lines: readonly string[]) => void;
}

/**
 * Trains the unfinished trials and prints the results of all trials. Returns the exit code. Throws
 * DatasetError and RunDirectoryError.
 */
export async function train(work: TrainArguments): Promise<number> {
  const { experiment, directory, terminal, shownFolder, print } = work;
  const before = createSweepScheduler(work, () => {});
  const planned = before.end?.after ?? countTrials(experiment);
  const pending = planned - countDone(directory.records, planned);
  let stop: Stop | undefined;
  if (pending > 0) {
    deleteProfile(directory);
    updateEnvironment(directory.path, work.origin);
    stop = await trainAll(work).catch((error: unknown) => {
      writeTablesAfterError(directory);
      throw error;
    });
    directory.writeTables();
    if (stop?.cause === "interrupted") {
      print(["", ...formatInterruption(work, stop.places)]);
      return 130;
    }
  } else {
    await checkData(work);
    recordSweepEnd(before, directory);
  }
  directory.writeTables();

  const { trials, end, isOver } = createSweepScheduler(work, () => {});
  const finish = isOver ? await finishRun(work, trials) : undefined;
  const shown = stop === undefined ? trials : trials.filter(({ number }) => directory.records.has(number));
  const closing = formatRunSummary({ ...experiment, trials: shown }, directory.records, terminal);
  // Trials without results have already been reported during training.
  const anyFigures = [...directory.records.values()].some(
    ({ status }) => status === "completed" || status === "pruned",
  );
  if (pending === 0 || anyFigures) print(pending === 0 ? closing : ["", ...closing]);
  if (stop === undefined) print(formatSweepEnd(experiment, end));
  if (work.options.profile === true) print(["", ...formatProfile(directory, shownFolder, terminal.width)]);
  print(["", ...formatFileList(shownFolder, directory.records)]);
  if (finish !== undefined) print(formatDeletedNetworks(experiment, finish));
  if (finish?.best !== undefined) print(formatBest(work, finish.best));
  if (pending === 0) {
    print(["All trials are already done: there is nothing to train. Use --fresh to start over."]);
  }
  if (stop?.cause === "spent") {
    print([
      "",
      ...stop.places,
      `The sweep's budget of minutes is used up. ${describeKept(work)}`,
      ...formatResumeAdvice(),
    ]);
  }
  const failed = [...directory.records.values()].filter(({ status }) => status === "failed");
  if (failed.length > 0) {
    const what =
      planned === 1
        ? "The trial failed; run the same command to retry it."
        : `${failed.length} of ${planned} trials failed` +
          (isOver
            ? ", and are not retried, because later generations were proposed from their results. " +
              "Use --fresh to start over."
            : "; run the same command to retry them.");
    print([terminal.colors.yellow(what)]);
  }
  return failed.length > 0 ? 1 : 0;
}

/**
 * Writes the tables of a run that ends with an error. Ignores further errors, such as that of a full disk.
 */
function writeTablesAfterError(directory: RunDirectory): void {
  try {
    directory.writeTables();
  } catch (error) {
    if (!(error instanceof RunDirectoryError)) throw error;
  }
}

/**
 * Checks that the recorded results come from the data of this command. Used if no trial remains to be
 * trained. Throws RunDirectoryError.
 */
async function checkData({ experiment, directory, context, sources, signal }: TrainArguments): Promise<void> {
  // This check does not download data that are not on this machine.
  if (directory.data.size === 0 || !sources.every(({ isHere }) => isHere)) return;
  const data = await prepareData(experiment.datasets, context, signal, () => {});
  for (const each of data) directory.checkData(each);
}

/** The early end of training, by the user or by the budget's minutes. */
interface Stop {
  readonly cause: "interrupted" | "spent";
  /** Sentences that describe where the running trials were stopped. */
  readonly places: readonly string[];
}

/**
 * Reuses the trials that earlier runs have trained, and trains the others. Returns the reason if training was
 * stopped early.
 */
async function trainAll(work: TrainArguments): Promise<Stop | undefined> {
  const { experiment, next, directory, forecastInputOf, pool, options, context, terminal, print } = work;
  const { executor } = experiment;
  let executors: readonly TrialExecutor[] = [];
  let processes: readonly WorkerProcess[] = [];
  if (executor?.type === "redis") await pool.end();
  const spent = new AbortController();
  let budget: ActiveTimer | undefined;
  try {
    const done = countDone(directory.records);
    const recorded = directory.records.size;
    const reuse = options.fresh === true ? undefined : await findReuse(work);
    if (reuse !== undefined) await reuseAllTrials(work, reuse);
    const scheduler = createSweepScheduler(work, () => {});
    if (scheduler.isOver) {
      recordSweepEnd(recordPrunings(work), directory);
      return undefined;
    }
    const planned = scheduler.end?.after ?? countTrials(experiment);
    const pending = planned - countDone(directory.records, planned);

    // The last trial of a sweep uses one thread, like the trials before it.
    const asked = countTrials(experiment) === 1 ? options : { ...options, threads: options.threads ?? 1 };
    const { threads, notice, workers } = assignCores(asked, pending, availableParallelism());
    if (executor?.type !== "redis") {
      await prepareKernels(terminal);
      if (notice !== undefined) terminal.err.write(`${notice}\n`);
      processes = pool.ensure(workers);
      executors = processes;
    }
    const data = reuse?.data ?? (await loadData(work));
    for (const each of data) directory.recordData(each);
    const minutes = experiment.budget?.minutes;
    if (minutes !== undefined) budget = new ActiveTimer(minutes * 60, () => spent.abort());
    const signal = AbortSignal.any([work.signal, spent.signal]);
    if (done > 0)
      print([`${done} of ${countTrials(experiment)} trials are already done; resuming the others.`]);

    const resumePlan = reuse && planResume({ ...reuse, forecastInputOf }, directory.records);
    if (resumePlan !== undefined && recorded === 0) print(formatResumePlan(resumePlan));

    const likely = chooseRepresentativeTrials(experiment, next);
    const left = computeRemainingWork(
      experiment,
      forecastInputOf,
      likely,
      directory.records,
      scheduler.end?.after,
    );
    if (processes.length > 0 && countTrials(experiment) > 1 && countRemainingMultiplyAdds(left) > LONG_RUN) {
      const calibration = { experiment, forecastInputOf, work: left, likely, threads, ...context };
      const forecast = await describeForecast({ ...calibration, workers: processes });
      if (!signal.aborted) print([forecast.line]);
    }

    const screen = new RunProgressReporter(experiment, directory.records, terminal, getActiveSeconds);
    if (executor?.type === "redis") {
      executors = await createRemoteExecutors(work, executor.url, { data, pending, screen }).catch(
        (error: unknown) => {
          screen.stop();
          throw error;
        },
      );
    }
    const run = {
      experiment,
      next,
      fingerprintTrial: work.fingerprintTrial,
      catalogs: work.catalogs,
      directory,
      checkpoints: resumePlan?.checkpoints,
      data,
      customFiles: work.customFiles,
      ...context,
      executors: reuse ? executors.map((each) => new ReusingExecutor(each, reuse, directory)) : executors,
      threads,
      checkpointSeconds: options.checkpointEvery ?? CHECKPOINT_SECONDS,
      maxFailures: options.mostFailures ?? MAX_FAILURES,
      profile: options.profile,
      signal,
    };
    const stopped = await runPendingTrials(run, screen).finally(() => screen.stop());
    const places = formatStoppedTrials(experiment, stopped);
    if (work.signal.aborted) return { cause: "interrupted", places };
    return signal.aborted ? { cause: "spent", places } : undefined;
  } catch (error) {
    if (error instanceof InterruptedError) return { cause: "interrupted", places: [] };
    throw error;
  } finally {
    budget?.stop();
    await endExecutors(executors);
  }
}

/**
 * Finds the data of the trials, downloads missing data, and returns their identities. Throws DatasetError.
 */
async function loadData({ experiment, context, terminal, signal }: TrainArguments): Promise<DatasetRecord[]> {
  const download = new DownloadProgressBar(terminal);
  return prepareData(experiment.datasets, context, signal, download.show).finally(() => download.stop());
}

/**
 * Finds the trials of earlier runs with this name. Returns undefined, without loading data, if there are no
 * earlier runs.
 */
async function findReuse(
  work: TrainArguments,
): Promise<(ReuseContext & { readonly data: DatasetRecord[] }) | undefined> {
  const { experiment, next, fingerprintTrial, catalogs, folder } = work;
  const { fingerprint } = experiment;
  if (!hasEarlierRuns(folder, fingerprint)) return undefined;
  const data = await loadData(work);
  const earlier = EarlierTrials.in({ folder, fingerprint, data });
  return { experiment, next, fingerprintTrial, catalogs, data, earlier };
}

/** Reuses the trials of earlier runs and prints how many. */
async function reuseAllTrials(
  { experiment, directory, print }: TrainArguments,
  { data, ...reuse }: ReuseContext & { readonly data: readonly DatasetRecord[] },
): Promise<void> {
  const plan = planReuse(reuse, directory.records, directory.sweepEnd);
  if (plan.steps.length === 0) return;
  for (const each of data) directory.recordData(each);
  const taken = await reuseTrials(plan, directory, data);
  if (taken.trials.length > 0) print([formatReuse(taken, countTrials(experiment))]);
}

/** Connects to the Redis server of the workers and returns the executors. Throws RemoteError. */
async function createRemoteExecutors(
  { experiment, customFiles, directory, options }: TrainArguments,
  url: string,
  { data, pending, screen }: { data: readonly DatasetRecord[]; pending: number; screen: RunProgressReporter },
): Promise<readonly TrialExecutor[]> {
  // Imported here and not at the top, because most experiments do not use the executor.
  const { RemoteRun } = await import("@nn/runner/redis");
  const run = await RemoteRun.begin({
    url,
    name: experiment.name,
    directory: directory.path,
    data,
    customFiles,
    trials: pending,
    fresh: options.fresh ?? false,
    command: formatCommand(process.argv, process.env, ["worker", "--url", removePasswords(url)]),
    say: (text) => screen.say(text),
  });
  return run.executors;
}

function describeKept({ experiment, directory, shownFolder }: TrainArguments): string {
  const done = countDone(directory.records);
  return `${done} of ${countTrials(experiment)} trials are done and kept in ${shownFolder}. Resume with:`;
}

/** Returns lines about an interrupted run. `places`: where its trials were stopped. */
function formatInterruption(work: TrainArguments, places: readonly string[]): string[] {
  if (work.options.startsOver === true) return ["Interrupted. The same command starts over."];
  return [...places, `Interrupted. ${describeKept(work)}`, ...formatResumeAdvice()];
}

/** Returns lines that name the experiment of the best configuration, and the command that refits it. */
function formatBest({ catalogs, shownFolder }: TrainArguments, { schedule, dataset }: TrialSpec): string[] {
  const lines = [
    "",
    `The experiment file of the best configuration: ${join(shownFolder, BEST_EXPERIMENT_FILE)}.`,
  ];
  if (dataset.validation === 0 || scheduleNeedsValidation(schedule.type, catalogs.schedules)) return lines;
  const command = formatCommand(process.argv, process.env, ["refit", shownFolder]);
  return [...lines, "Train it on all images, including those of validation:", `  ${command}`];
}

function formatResumeAdvice(): string[] {
  return [`  ${formatRepeatCommand(process.argv, process.env, ["--fresh"])}`];
}
