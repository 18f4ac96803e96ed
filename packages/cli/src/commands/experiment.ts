import { availableParallelism } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

import { countTrials, ExperimentError, loadExperimentPlan, type Experiment } from "@nn/experiment";
import { getNodeFlags } from "@nn/kernels/node";
import { toPrintableLine } from "@nn/platform/printable";
import {
  checkRecordedData,
  collectTrialRecords,
  type JournalEvent,
  type RunDirectory,
  type TrialRecord,
} from "@nn/results";
import {
  WorkerPool,
  EarlierTrials,
  HUNG_AFTER_SECONDS,
  InterruptHandler,
  hasEarlierRuns,
  chooseRepresentativeTrials,
  planReuse,
  assignCores,
  computeRemainingWork,
  type SweepEnd,
} from "@nn/runner";
import { lookUpCommit, workspaceFolder } from "@nn/runner/environment";
import { findDataSources, prepareData, type DataSource } from "@nn/training";

import { describeFolderOfRun, findRunAround } from "../runs/find-run.ts";
import { DataCheckProgressBar } from "../terminal/data-check-progress-bar.ts";
import {
  formatDryRunSummary,
  formatRunHeader,
  formatTrialList,
  formatReuse,
} from "../terminal/run-header.ts";
import { formatNotices } from "../terminal/notices.ts";
import { formatSweepEnd } from "../terminal/run-summary.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { resolveDataFolder } from "./data-folder.ts";
import { describeForecast } from "./forecast.ts";
import { keepFilesOfOlderRun, openDirectory, originOf, readEvents } from "./open-run.ts";
import { prepareKernels } from "./prepare-kernels.ts";
import { checkProfile } from "./profile.ts";
import { train, type TrainingOptions } from "./train.ts";

/** Command-line options of `experiment`: the training options, files, time limits and vector width. */
export interface ExperimentOptions extends TrainingOptions {
  /** Overrides of the form `path=value`. */
  readonly set: readonly string[];
  readonly out?: string | undefined;
  readonly data?: string | undefined;
  readonly dryRun?: boolean | undefined;
  /** In seconds. */
  readonly hungAfter?: number | undefined;
  /** In seconds. */
  readonly timeLimit?: number | undefined;
  /** Vector width of the kernels, in bits. */
  readonly simd: 128 | 256;
}

/**
 * Runs `experiment SPEC`: trains the unfinished trials and prints the results. Returns the exit code. Throws
 * ExperimentError, DatasetError and RunDirectoryError.
 */
export async function experimentCommand(
  file: string,
  options: ExperimentOptions,
  terminal: Terminal,
): Promise<number> {
  const limits = { silence: options.hungAfter ?? HUNG_AFTER_SECONDS, training: options.timeLimit };
  const pool = new WorkerPool(getNodeFlags(options.simd), limits);
  try {
    return await readAndTrain(file, options, terminal, pool);
  } finally {
    await pool.end();
  }
}

async function readAndTrain(
  file: string,
  options: ExperimentOptions,
  terminal: Terminal,
  pool: WorkerPool,
): Promise<number> {
  const commit = lookUpCommit();
  const look = new DataCheckProgressBar(terminal);
  const loaded = await loadExperimentPlan(file, { set: options.set, onFileChecked: look.show }).finally(() =>
    look.stop(),
  );
  const { plan, next, dataSummaries, forecastInputOf, fingerprintTrial, catalogs, customFiles } = loaded;
  if (options.profile === true) checkProfile(loaded.experiment);
  if (options.out !== undefined) requireOutsideRuns(options.out);
  const results = resolve(options.out ?? join(workspaceFolder, "results"));
  const { experiment, notices } = keepFilesOfOlderRun(loaded, results, options.set);
  const folder = join(results, experiment.name);
  const shownFolder = toPrintableLine(relative(process.cwd(), join(folder, experiment.fingerprint)) || ".");

  const dataFolder = resolveDataFolder(options);
  const { datasets } = experiment;
  const context = { dataFolder, experimentFolder: dirname(experiment.file) };
  const sources = findDataSources(datasets, context);

  const print = (lines: readonly string[]): void => {
    terminal.out.write(lines.map((line) => `${line}\n`).join(""));
  };
  terminal.err.write(formatNotices([...notices, ...noticeWorkerOptions(experiment, options)]));
  const opening = formatRunHeader(experiment, { sources, summaries: dataSummaries }, plan, terminal);
  const interrupt = new InterruptHandler(() =>
    terminal.err.write("\nStopping. Press Ctrl-C again to stop at once.\n"),
  );
  const { signal } = interrupt;
  // The signal also stops workers that measure their speed or wait for a trial.
  signal.addEventListener("abort", () => void pool.stop());
  const run = join(folder, experiment.fingerprint);
  /**
   * Returns the records with which the run would start: its own, and those that it would reuse from earlier
   * runs. Prints how many trials are reused.
   */
  const recordsAfterTakeOver = async (
    events: readonly JournalEvent[],
    end: SweepEnd | undefined,
  ): Promise<ReadonlyMap<number, TrialRecord>> => {
    const { fingerprint } = experiment;
    const own = collectTrialRecords(events);
    const hasEarlier = hasEarlierRuns(folder, fingerprint);
    if (!sources.every(({ isHere }) => isHere) || (own.size === 0 && !hasEarlier)) return own;
    const data = await prepareData(datasets, context, signal, () => {});
    if (own.size > 0) checkRecordedData(run, data);
    if (!hasEarlier) return own;
    const earlier = EarlierTrials.in({ folder, fingerprint, data });
    const plan = planReuse({ experiment, next, fingerprintTrial, catalogs, earlier }, own, end);
    if (plan.trials.length > 0) print([formatReuse(plan, countTrials(experiment))]);
    return plan.records;
  };
  try {
    if (options.dryRun === true) {
      print([...opening, ...formatTrialList(experiment)]);
      await prepareKernels(terminal);
      const { threads, workers } = assignCores(options, countTrials(experiment), availableParallelism());
      const events = options.fresh === true ? [] : readEvents(run);
      const end = events.findLast((event) => event.event === "sweep-ended");
      const records =
        options.fresh === true ? new Map<number, TrialRecord>() : await recordsAfterTakeOver(events, end);
      const likely = chooseRepresentativeTrials(experiment, next);
      const work = computeRemainingWork(experiment, forecastInputOf, likely, records, end?.after);
      const left = work.generations.flat().length;
      const count = end?.after ?? countTrials(experiment);
      if (left < count) print([`${count - left} of ${count} trials are already done.`]);
      if (end !== undefined) print(formatSweepEnd(experiment, end));
      if (left === 0) return 0;
      const forecast = await describeForecast({
        experiment,
        forecastInputOf,
        work,
        likely,
        workers: pool.ensure(workers),
        threads,
        ...context,
      });
      if (signal.aborted) return 130;
      print([forecast.line]);
      if (!forecast.isThere) return 1;
      print(["", formatDryRunSummary(shownFolder)]);
      return 0;
    }

    await prepareWorkers(experiment, options, context, sources, pool, terminal);
    await commit;
    const origin = originOf(experiment, join(folder, experiment.fingerprint), options.set);
    const directory = openDirectory(experiment, folder, origin, options.fresh);
    return await closeAtExit(directory, () => {
      print(opening);
      return train({
        experiment,
        next,
        directory,
        origin,
        folder,
        forecastInputOf,
        fingerprintTrial,
        catalogs,
        customFiles,
        pool,
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
    interrupt.end();
  }
}

/**
 * Returns a notice about options of this machine's processes that an executor with its own workers ignores.
 */
function noticeWorkerOptions({ executor }: Experiment, options: ExperimentOptions): string[] {
  // A dry run measures the networks with the processes of this machine.
  if (executor?.type !== "redis" || options.dryRun === true) return [];
  const given = [
    ...(options.workers === undefined ? [] : ["--workers"]),
    ...(options.threads === undefined ? [] : ["--threads"]),
    ...(options.timeLimit === undefined ? [] : ["--time-limit"]),
    ...(options.hungAfter === undefined ? [] : ["--hung-after"]),
    ...(options.simd === 128 ? ["--simd"] : []),
  ];
  if (given.length === 0) return [];
  const names = new Intl.ListFormat("en-GB").format(given);
  const verb = given.length === 1 ? "has" : "have";
  const them = given.length === 1 ? "it" : "them";
  return [
    `${names} ${verb} no effect, because the workers of the executor train the trials: set ${them} there`,
  ];
}

/**
 * Throws ExperimentError if the folder of results is inside a run: its files would be mixed with those of the
 * run, and deleted with them.
 */
export function requireOutsideRuns(out: string): void {
  const run = findRunAround(out);
  if (run === undefined) return;
  const results = relative(process.cwd(), dirname(dirname(run))) || ".";
  throw new ExperimentError([
    {
      place: `--out ${out}`,
      message: `${describeFolderOfRun(out, run)}, so the results would be mixed with its files`,
      expected: "a folder outside of runs",
      advice: `Choose another folder, such as --out ${results}.`,
    },
  ]);
}

/**
 * Lets the worker process start its kernels and read its data, while this process opens the run directory and
 * identifies the data. If the experiment has several data sets, a worker prepares the data set of its first
 * trial.
 */
async function prepareWorkers(
  experiment: Experiment,
  options: ExperimentOptions,
  context: { readonly dataFolder: string; readonly experimentFolder: string },
  sources: readonly DataSource[],
  pool: WorkerPool,
  terminal: Terminal,
): Promise<void> {
  const [first] = experiment.trials;
  if (first === undefined || experiment.executor?.type === "redis") return;
  await prepareKernels(terminal);
  if (!sources.every(({ isHere }) => isHere)) return;
  const { threads } = assignCores(options, countTrials(experiment), availableParallelism());
  pool.prepare({ threads, dataset: first.spec.dataset, ...context });
}

/** Runs `work`. Then writes the tables and unlocks the directory, even if `work` fails. */
async function closeAtExit<Result>(directory: RunDirectory, work: () => Promise<Result>): Promise<Result> {
  const close = (): void => {
    try {
      directory.writeTables();
    } finally {
      directory.close();
    }
  };
  // A second Ctrl-C exits the process before `work` returns.
  const onExit = (): void => {
    try {
      close();
    } catch {
      // The journal is complete, and the next command derives the tables from it.
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
