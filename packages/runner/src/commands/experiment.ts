import { availableParallelism } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

import { workerFlags } from "@nn/kernels";
import { openRunDirectory, type DataIdentity, type RunDirectory, type TrialRecord } from "@nn/results";
import { stringify } from "yaml";

import { countTrials, type Experiment, type NextTrials } from "../experiment.ts";
import { closingLines, endingLines, fileLines } from "../screen/closing.ts";
import { DownloadScreen } from "../screen/download.ts";
import { continuationLine, dryRunLines, openingLines } from "../screen/opening.ts";
import { noticeLines } from "../screen/notices.ts";
import { RunScreen } from "../screen/run-screen.ts";
import type { Terminal } from "../screen/terminal.ts";
import { withoutPasswords } from "../remote/passwords.ts";
import { loadPlanned } from "../spec/load-experiment.ts";
import { findData, prepareData, type DataSource } from "../training/prepare-data.ts";
import { shareCores } from "../trials/cores.ts";
import { describeEnvironment, recordedCircumstances, workspaceFolder } from "../trials/environment.ts";
import { Interrupted, Interruption } from "../trials/interruption.ts";
import { findContinuation } from "../trials/continuation.ts";
import { courseOf, recordEnd, trainPending } from "../trials/run-trials.ts";
import { endTrainers, type Trainer } from "../trials/schedule.ts";
import { HUNG_AFTER_SECONDS, WorkerProcess } from "../trials/worker-process.ts";
import { commandLike, repeatedCommand } from "./command-line.ts";
import { dataFolderOf } from "./data-folder.ts";
import { readyKernels } from "./ready-kernels.ts";

/** A checkpoint costs some milliseconds, and a kill at most the seconds since the last one. It changes no byte of the results. */
const CHECKPOINT_SECONDS = 30;
/** So many trials that fail one after the other end a run. */
const MOST_FAILURES = 5;

export interface ExperimentOptions {
  /** `path=value` each. */
  readonly set: readonly string[];
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  readonly out?: string | undefined;
  readonly data?: string | undefined;
  readonly fresh?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** Seconds. */
  readonly checkpointEvery?: number | undefined;
  /** Seconds. */
  readonly hungAfter?: number | undefined;
  /** Seconds. */
  readonly timeLimit?: number | undefined;
  readonly mostFailures?: number | undefined;
  /** False: `--no-widen`. */
  readonly widen: boolean;
}

/**
 * `experiment SPEC`: trains what is not trained yet and shows what came of it. Returns the exit code.
 * Throws SpecErrors, DatasetError and RunDirectoryError.
 */
export async function experimentCommand(
  file: string,
  options: ExperimentOptions,
  terminal: Terminal,
): Promise<number> {
  const { experiment, plan, next, notices, fingerprintWith } = await loadPlanned(file, { set: options.set });
  const folder = join(resolve(options.out ?? join(workspaceFolder, "results")), experiment.name);
  const shownFolder = relative(process.cwd(), join(folder, experiment.fingerprint)) || ".";

  const dataFolder = dataFolderOf(options);
  const specs = experiment.trials.map(({ spec }) => spec);
  const context = { dataFolder, experimentFolder: dirname(experiment.file) };
  const sources = findData(specs, context);

  const print = (lines: readonly string[]): void => {
    terminal.out.write(lines.map((line) => `${line}\n`).join(""));
  };
  terminal.err.write(noticeLines(notices));
  const opening = openingLines(experiment, sources, plan, terminal);
  if (options.dryRun === true) {
    print([...opening, ...dryRunLines(experiment, shownFolder)]);
    return 0;
  }

  const interruption = new Interruption(() => terminal.err.write("\nStopping. Once more to end at once.\n"));
  try {
    const directory = openDirectory(experiment, folder, options.fresh ?? false);
    return await closingAtExit(directory, () => {
      print(opening);
      const { signal } = interruption;
      return train({
        experiment,
        next,
        directory,
        folder,
        fingerprintWith,
        options,
        context,
        sources,
        terminal,
        signal,
        shownFolder,
        print,
      });
    });
  } finally {
    interruption.end();
  }
}

function openDirectory(experiment: Experiment, folder: string, fresh: boolean): RunDirectory {
  // A run with nothing left to do starts no process that could say it again.
  const known = fresh
    ? { kernels: null, threads: null, data: [] }
    : recordedCircumstances(join(folder, experiment.fingerprint));
  return openRunDirectory({
    folder,
    fingerprint: experiment.fingerprint,
    name: experiment.name,
    sweptPaths: experiment.sweptPaths,
    withParents: experiment.continuesTrainings,
    files: {
      "experiment.yaml": stringify(experiment.resolved),
      "environment.json": describeEnvironment(known),
    },
    fresh,
  });
}

interface Work {
  readonly experiment: Experiment;
  readonly next: NextTrials;
  readonly directory: RunDirectory;
  /** The one that `directory` is in, with the runs of the same name. */
  readonly folder: string;
  readonly fingerprintWith: (epochs: number) => string;
  readonly options: ExperimentOptions;
  /** Absolute. */
  readonly context: { readonly dataFolder: string; readonly experimentFolder: string };
  readonly sources: readonly DataSource[];
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** The run directory, as a person would write it. */
  readonly shownFolder: string;
  readonly print: (lines: readonly string[]) => void;
}

async function train(work: Work): Promise<number> {
  const { experiment, directory, terminal, shownFolder, print } = work;
  const before = courseOf(work, () => {});
  const planned = before.end?.after ?? countTrials(experiment);
  const pending = planned - countDone(directory.records, planned);
  let stop: Stop | undefined;
  if (pending > 0) {
    stop = await trainAll(work, pending);
    directory.writeTables();
    if (stop === "interrupted") {
      print(["", `Interrupted. ${whatIsKept(work)}`, ...goOnLines()]);
      return 130;
    }
  } else {
    await checkData(work);
    recordEnd(before, directory);
  }
  directory.writeTables();

  const { trials, end, isOver } = courseOf(work, () => {});
  const shown = stop === undefined ? trials : trials.filter(({ number }) => directory.records.has(number));
  const closing = closingLines({ ...experiment, trials: shown }, directory.records, terminal);
  // What ended without figures has been told while it ran.
  const anyFigures = [...directory.records.values()].some(({ status }) => status === "completed");
  if (anyFigures || pending === 0) print(["", ...closing]);
  if (stop === undefined) print(endingLines(experiment, end));
  print(["", ...fileLines(shownFolder, directory.records)]);
  if (pending === 0) {
    print(["All of it was done already: nothing was left to do. --fresh starts over."]);
  }
  if (stop === "spent") {
    print(["", `The minutes of its budget are spent. ${whatIsKept(work)}`, ...goOnLines()]);
  }
  const failed = [...directory.records.values()].filter(({ status }) => status === "failed");
  if (failed.length > 0) {
    const what =
      planned === 1
        ? "The trial failed; the same command tries it again."
        : `${failed.length} of ${planned} trials failed` +
          (isOver
            ? ", and are not tried again: those of later generations were proposed by how they ended. --fresh starts over."
            : "; the same command tries them again.");
    print([terminal.colors.yellow(what)]);
  }
  return failed.length > 0 ? 1 : 0;
}

/** Where nothing is left to train: what is shown must come of the data that this command names. Throws RunDirectoryError. */
async function checkData({ experiment, directory, context, sources, signal }: Work): Promise<void> {
  // Data that are not on this machine are no other data, and need not be fetched to show what came of them.
  if (directory.data.size === 0 || !sources.every(({ isHere }) => isHere)) return;
  const specs = experiment.trials.map(({ spec }) => spec);
  for (const data of await prepareData(specs, context, signal, () => {})) directory.checkData(data);
}

/** What has stopped the training before its end: somebody, or the minutes of the budget. */
type Stop = "interrupted" | "spent";

/** Trains the trials. Returns what has stopped it, if anything. */
async function trainAll(work: Work, pending: number): Promise<Stop | undefined> {
  const { experiment, next, directory, options, context, terminal, print } = work;
  const { threads, notice, workers } = shareCores(options, pending, availableParallelism());
  const { executor } = experiment;
  let trainers: readonly Trainer[] = [];
  if (executor?.type !== "redis") {
    await readyKernels(terminal);
    if (notice !== undefined) terminal.err.write(`${notice}\n`);
    const flags = workerFlags(options.widen);
    const limits = { silence: options.hungAfter ?? HUNG_AFTER_SECONDS, training: options.timeLimit };
    trainers = Array.from({ length: workers }, () => new WorkerProcess(flags, limits));
  }
  const clock = (): number => performance.now() / 1000;
  try {
    const download = new DownloadScreen(terminal);
    const specs = experiment.trials.map(({ spec }) => spec);
    const data = await prepareData(specs, context, work.signal, download.show).finally(() => download.stop());

    for (const each of data) directory.recordData(each);
    const done = countDone(directory.records);
    const minutes = experiment.budget?.minutes;
    const spent = minutes === undefined ? [] : [AbortSignal.timeout(Math.ceil(minutes * 60_000))];
    const signal = AbortSignal.any([work.signal, ...spent]);
    if (done > 0) print([`${done} of ${countTrials(experiment)} trials are done already; the others go on.`]);

    const earlier = options.fresh === true ? undefined : findContinuation({ ...work, data });
    if (earlier !== undefined && directory.records.size === 0) print([continuationLine(earlier)]);

    const screen = new RunScreen(experiment, directory.records, terminal, clock);
    if (executor?.type === "redis") {
      trainers = await remoteTrainers(work, executor.url, { data, pending, screen }).catch(
        (error: unknown) => {
          screen.stop();
          throw error;
        },
      );
    }
    const run = {
      experiment,
      next,
      directory,
      checkpoints: earlier?.checkpoints,
      data,
      ...context,
      trainers,
      threads,
      checkpointSeconds: options.checkpointEvery ?? CHECKPOINT_SECONDS,
      mostFailures: options.mostFailures ?? MOST_FAILURES,
      signal,
    };
    await trainPending(run, screen).finally(() => screen.stop());
    if (work.signal.aborted) return "interrupted";
    return signal.aborted ? "spent" : undefined;
  } catch (error) {
    if (error instanceof Interrupted) return "interrupted";
    throw error;
  } finally {
    await endTrainers(trainers);
  }
}

/** For trials that workers elsewhere train. Throws RemoteError. */
async function remoteTrainers(
  { experiment, directory, options }: Work,
  url: string,
  { data, pending, screen }: { data: readonly DataIdentity[]; pending: number; screen: RunScreen },
): Promise<readonly Trainer[]> {
  // Loaded here: most experiments are trained on this machine.
  const { RemoteRun } = await import("../remote/remote-run.ts");
  const run = await RemoteRun.begin({
    url,
    name: experiment.name,
    directory: directory.path,
    data,
    trials: pending,
    fresh: options.fresh ?? false,
    command: commandLike(process.argv, process.env, ["worker", "--url", withoutPasswords(url)]),
    say: (text) => screen.say(text),
  });
  return run.trainers;
}

/** Ended for good; what failed or was cut short runs again. */
function isDone({ status }: TrialRecord): boolean {
  return status !== "running" && status !== "failed";
}

/** Of the first so many trials. */
function countDone(records: ReadonlyMap<number, TrialRecord>, planned = Infinity): number {
  return [...records.values()].filter((record) => record.trial <= planned && isDone(record)).length;
}

function whatIsKept({ experiment, directory, shownFolder }: Work): string {
  const done = countDone(directory.records);
  return `${done} of ${countTrials(experiment)} trials are done and kept in ${shownFolder}. Go on with:`;
}

function goOnLines(): string[] {
  return [`  ${repeatedCommand(process.argv, process.env, ["--fresh"])}`];
}

/** Does the work; then, however it ends, brings the tables up to date and frees the directory. */
async function closingAtExit<Result>(directory: RunDirectory, work: () => Promise<Result>): Promise<Result> {
  const close = (): void => {
    try {
      directory.writeTables();
    } finally {
      directory.close();
    }
  };
  // A second Ctrl-C: the process ends without coming back here.
  const onExit = (): void => {
    try {
      close();
    } catch {
      // The journal has it all; the next start derives the tables from it.
    }
  };
  process.once("exit", onExit);
  try {
    return await work();
  } finally {
    process.off("exit", onExit);
    close();
  }
}
