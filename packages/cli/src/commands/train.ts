import { availableParallelism } from "node:os";

import {
  countTrials,
  type Catalogs,
  type Experiment,
  type ForecastInput,
  type NextTrials,
} from "@nn/experiment";
import type { DataIdentity, RunDirectory, TrialRecord } from "@nn/results";
import {
  EarlierTrials,
  Interrupted,
  ReusingExecutor,
  SeenTimer,
  anyEarlierRun,
  createSweepScheduler,
  endExecutors,
  findContinuation,
  likelyTrials,
  multiplyAddsOf,
  planTakeOver,
  recordEnd,
  seenSeconds,
  assignCores,
  takeOver,
  runPendingTrials,
  workLeft,
  type WorkerPool,
  type ReusedSegment,
  type StoppedTrial,
  type TrialExecutor,
  type WorkerProcess,
} from "@nn/runner";
import { withoutPasswords } from "@nn/runner/passwords";
import { prepareData, type DataSource, type IdentityOf, type TrialSpec } from "@nn/training";

import { closingLines, endingLines, fileLines } from "../terminal/closing.ts";
import { DownloadScreen } from "../terminal/download.ts";
import { continuationLines, takeOverLine } from "../terminal/opening.ts";
import { RunScreen } from "../terminal/run-screen.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { commandLike, repeatedCommand } from "./command-line.ts";
import { describedForecast } from "./forecast.ts";
import { readyKernels } from "./ready-kernels.ts";

/**
 * A checkpoint costs some milliseconds, and a kill at most the seconds since the last one. It changes no byte
 * of the results.
 */
const CHECKPOINT_SECONDS = 30;
/**
 * Multiply-adds: what one core does in half a minute. Measuring the networks of a sweep first counts for
 * little then.
 */
const LONG_RUN = 1e12;
/** So many trials that fail one after the other end a run. */
const MOST_FAILURES = 5;

/** What the command line says of the training. */
export interface TrainingOptions {
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  readonly fresh?: boolean | undefined;
  /** Seconds. */
  readonly checkpointEvery?: number | undefined;
  readonly mostFailures?: number | undefined;
}

/** What there is to do, and with what. */
export interface TrainingWork {
  readonly experiment: Experiment;
  readonly next: NextTrials;
  readonly directory: RunDirectory;
  /** The one that `directory` is in, with the runs of the same name. */
  readonly folder: string;
  readonly forecastInputOf: (spec: TrialSpec) => ForecastInput;
  readonly identityOf: IdentityOf;
  /** What its blocks name. */
  readonly catalogs: Catalogs;
  /** The path of each custom part → the bytes of its file. */
  readonly customFiles: ReadonlyMap<string, Uint8Array>;
  readonly pool: WorkerPool;
  readonly options: TrainingOptions;
  /** Absolute. */
  readonly context: { readonly dataFolder: string; readonly experimentFolder: string };
  readonly sources: readonly DataSource[];
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** The run directory, as a person would write it. */
  readonly shownFolder: string;
  readonly print: (lines: readonly string[]) => void;
}

/**
 * Trains what is not trained yet, and shows what came of it all. Returns the exit code. Throws DatasetError
 * and RunDirectoryError.
 */
export async function train(work: TrainingWork): Promise<number> {
  const { experiment, directory, terminal, shownFolder, print } = work;
  const before = createSweepScheduler(work, () => {});
  const planned = before.end?.after ?? countTrials(experiment);
  const pending = planned - countDone(directory.records, planned);
  let stop: Stop | undefined;
  if (pending > 0) {
    stop = await trainAll(work);
    directory.writeTables();
    if (stop?.cause === "interrupted") {
      print(["", ...stop.places, `Interrupted. ${whatIsKept(work)}`, ...goOnLines()]);
      return 130;
    }
  } else {
    await checkData(work);
    recordEnd(before, directory);
  }
  directory.writeTables();

  const { trials, end, isOver } = createSweepScheduler(work, () => {});
  const shown = stop === undefined ? trials : trials.filter(({ number }) => directory.records.has(number));
  const closing = closingLines({ ...experiment, trials: shown }, directory.records, terminal);
  // What ended without figures has been told while it ran.
  const anyFigures = [...directory.records.values()].some(
    ({ status }) => status === "completed" || status === "pruned",
  );
  if (anyFigures || pending === 0) print(["", ...closing]);
  if (stop === undefined) print(endingLines(experiment, end));
  print(["", ...fileLines(shownFolder, directory.records)]);
  if (pending === 0) {
    print(["All of it was done already: nothing was left to do. --fresh starts over."]);
  }
  if (stop?.cause === "spent") {
    print(["", ...stop.places, `The minutes of its budget are spent. ${whatIsKept(work)}`, ...goOnLines()]);
  }
  const failed = [...directory.records.values()].filter(({ status }) => status === "failed");
  if (failed.length > 0) {
    const what =
      planned === 1
        ? "The trial failed; the same command tries it again."
        : `${failed.length} of ${planned} trials failed` +
          (isOver
            ? ", and are not tried again: those of later generations were proposed by how they ended. " +
              "--fresh starts over."
            : "; the same command tries them again.");
    print([terminal.colors.yellow(what)]);
  }
  return failed.length > 0 ? 1 : 0;
}

/**
 * Where nothing is left to train: what is shown must come of the data that this command names. Throws
 * RunDirectoryError.
 */
async function checkData({ experiment, directory, context, sources, signal }: TrainingWork): Promise<void> {
  // Data that are not on this machine are no other data, and need not be fetched to show what came of them.
  if (directory.data.size === 0 || !sources.every(({ isHere }) => isHere)) return;
  const specs = experiment.trials.map(({ spec }) => spec);
  for (const data of await prepareData(specs, context, signal, () => {})) directory.checkData(data);
}

/** What has stopped the training before its end: somebody, or the minutes of the budget. */
interface Stop {
  readonly cause: "interrupted" | "spent";
  /** Where trials in training were stopped, in sentences. */
  readonly places: readonly string[];
}

/**
 * Takes over what earlier runs have trained, and trains the rest. Returns what has stopped it, if anything.
 */
async function trainAll(work: TrainingWork): Promise<Stop | undefined> {
  const { experiment, next, directory, forecastInputOf, pool, options, context, terminal, print } = work;
  const { executor } = experiment;
  let executors: readonly TrialExecutor[] = [];
  let processes: readonly WorkerProcess[] = [];
  if (executor?.type === "redis") await pool.end();
  const spent = new AbortController();
  let budget: SeenTimer | undefined;
  try {
    const done = countDone(directory.records);
    const recorded = directory.records.size;
    const reuse = options.fresh === true ? undefined : await findReuse(work);
    if (reuse !== undefined) await takeOverAll(work, reuse);
    const scheduler = createSweepScheduler(work, () => {});
    if (scheduler.isOver) {
      recordEnd(scheduler, directory);
      return undefined;
    }
    const planned = scheduler.end?.after ?? countTrials(experiment);
    const pending = planned - countDone(directory.records, planned);

    const { threads, notice, workers } = assignCores(options, pending, availableParallelism());
    if (executor?.type !== "redis") {
      await readyKernels(terminal);
      if (notice !== undefined) terminal.err.write(`${notice}\n`);
      processes = pool.ensure(workers);
      executors = processes;
    }
    const data = reuse?.data ?? (await loadData(work));
    for (const each of data) directory.recordData(each);
    const minutes = experiment.budget?.minutes;
    if (minutes !== undefined) budget = new SeenTimer(minutes * 60, () => spent.abort());
    const signal = AbortSignal.any([work.signal, spent.signal]);
    if (done > 0) print([`${done} of ${countTrials(experiment)} trials are done already; the others go on.`]);

    const continuation = reuse && findContinuation(reuse, directory.records);
    if (continuation !== undefined && recorded === 0) print(continuationLines(continuation));

    const likely = likelyTrials(experiment, next);
    const left = workLeft(experiment, forecastInputOf, likely, directory.records);
    if (processes.length > 0 && countTrials(experiment) > 1 && multiplyAddsOf(left) > LONG_RUN) {
      const calibration = { experiment, forecastInputOf, work: left, likely, threads, ...context };
      const forecast = await describedForecast({ ...calibration, workers: processes });
      if (!signal.aborted) print([forecast.line]);
    }

    const screen = new RunScreen(experiment, directory.records, terminal, seenSeconds);
    if (executor?.type === "redis") {
      executors = await remoteTrainers(work, executor.url, { data, pending, screen }).catch(
        (error: unknown) => {
          screen.stop();
          throw error;
        },
      );
    }
    const run = {
      experiment,
      next,
      identityOf: work.identityOf,
      catalogs: work.catalogs,
      directory,
      checkpoints: continuation?.checkpoints,
      data,
      ...context,
      executors: reuse ? executors.map((each) => new ReusingExecutor(each, reuse, directory)) : executors,
      threads,
      checkpointSeconds: options.checkpointEvery ?? CHECKPOINT_SECONDS,
      mostFailures: options.mostFailures ?? MOST_FAILURES,
      signal,
    };
    const stopped = await runPendingTrials(run, screen).finally(() => screen.stop());
    const places = stoppedLines(experiment, stopped);
    if (work.signal.aborted) return { cause: "interrupted", places };
    return signal.aborted ? { cause: "spent", places } : undefined;
  } catch (error) {
    if (error instanceof Interrupted) return { cause: "interrupted", places: [] };
    throw error;
  } finally {
    budget?.stop();
    await endExecutors(executors);
  }
}

/** "Stopped in epoch 9 of 40; the same command continues there." */
function stoppedLines(experiment: Experiment, stopped: readonly StoppedTrial[]): string[] {
  if (stopped.length === 0) return [];
  const isOnly = countTrials(experiment) === 1;
  const places = stopped.map(({ trial, epoch }) => {
    const { epochs } = trial.spec.training;
    const place =
      epoch < epochs ? `in epoch ${epoch + 1} of ${epochs}` : `after epoch ${epochs} of ${epochs}`;
    return isOnly ? place : `trial ${trial.number} ${place}`;
  });
  return [`Stopped ${places.join(", ")}; the same command continues there.`];
}

/** What the trials are trained on, downloaded where it is not here. Throws DatasetError. */
async function loadData({ experiment, context, terminal, signal }: TrainingWork): Promise<DataIdentity[]> {
  const download = new DownloadScreen(terminal);
  const specs = experiment.trials.map(({ spec }) => spec);
  return prepareData(specs, context, signal, download.show).finally(() => download.stop());
}

/** What earlier runs of this name have trained; undefined where there are none, and nothing has been read. */
async function findReuse(
  work: TrainingWork,
): Promise<(ReusedSegment & { readonly data: DataIdentity[] }) | undefined> {
  const { experiment, next, identityOf, catalogs, folder } = work;
  const { fingerprint } = experiment;
  if (!anyEarlierRun(folder, fingerprint)) return undefined;
  const data = await loadData(work);
  const earlier = EarlierTrials.in({ folder, fingerprint, data });
  return { experiment, next, identityOf, catalogs, data, earlier };
}

/** Takes over what there is, and says so. */
async function takeOverAll(
  { experiment, directory, print }: TrainingWork,
  { data, ...reuse }: ReusedSegment & { readonly data: readonly DataIdentity[] },
): Promise<void> {
  const plan = planTakeOver(reuse, directory.records, directory.sweepEnd);
  if (plan.steps.length === 0) return;
  for (const each of data) directory.recordData(each);
  const taken = await takeOver(plan, directory, data);
  if (taken.trials.length > 0) print([takeOverLine(taken, countTrials(experiment))]);
}

/** For trials that workers elsewhere train. Throws RemoteError. */
async function remoteTrainers(
  { experiment, customFiles, directory, options }: TrainingWork,
  url: string,
  { data, pending, screen }: { data: readonly DataIdentity[]; pending: number; screen: RunScreen },
): Promise<readonly TrialExecutor[]> {
  // Loaded here: most experiments are trained on this machine.
  const { RemoteRun } = await import("@nn/runner/redis");
  const run = await RemoteRun.begin({
    url,
    name: experiment.name,
    directory: directory.path,
    data,
    customFiles,
    trials: pending,
    fresh: options.fresh ?? false,
    command: commandLike(process.argv, process.env, ["worker", "--url", withoutPasswords(url)]),
    say: (text) => screen.say(text),
  });
  return run.executors;
}

/** Ended for good; what failed or was cut short runs again. */
function isDone({ status }: TrialRecord): boolean {
  return status !== "running" && status !== "failed";
}

/** Of the first so many trials. */
function countDone(records: ReadonlyMap<number, TrialRecord>, planned = Infinity): number {
  return [...records.values()].filter((record) => record.trial <= planned && isDone(record)).length;
}

function whatIsKept({ experiment, directory, shownFolder }: TrainingWork): string {
  const done = countDone(directory.records);
  return `${done} of ${countTrials(experiment)} trials are done and kept in ${shownFolder}. Go on with:`;
}

function goOnLines(): string[] {
  return [`  ${repeatedCommand(process.argv, process.env, ["--fresh"])}`];
}
