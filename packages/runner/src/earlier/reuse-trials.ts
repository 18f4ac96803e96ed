import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Catalogs, Experiment, TrialProposer } from "@nn/experiment";
import {
  applyEvent,
  wrapFileSystemErrors,
  writeFilesAtomically,
  type DatasetRecord,
  type EpochRecord,
  type JournalEvent,
  type RunDirectory,
  type TrialEndedEvent,
  type TrialRecord,
} from "@nn/results";
import {
  CHECKPOINT_FILE,
  NETWORK_FILE,
  OUTPUTS_FILE,
  TEST_TABLES,
  VALIDATION_TABLES,
  findBestEpoch,
  findRestoredEpoch,
  type TrialFingerprinter,
  type Trial,
} from "@nn/training";

import type { TrainingSegment } from "../scheduling/sweep-scheduler.ts";
import type { EarlierTrial, EarlierTrials } from "./earlier-trials.ts";
import { readEnvironment } from "../environment.ts";
import { MODEL_CARD_FILE } from "../finish/model-cards.ts";
import { updateEnvironment } from "../update-environment.ts";
import { createPrunedEvent, formatPruningReason } from "../scheduling/pruned-event.ts";
import { createSweepScheduler } from "../run-trials.ts";
import { sumEpochSeconds } from "../scheduling/trial-journal.ts";

/** The experiment of a run, and the earlier trials that it can reuse. */
export interface ReuseContext {
  readonly experiment: Experiment;
  readonly next: TrialProposer;
  readonly fingerprintTrial: TrialFingerprinter;
  /** The catalogs of pruners and schedules. Default: the built-in ones. */
  readonly catalogs?: Pick<Catalogs, "pruners" | "schedules"> | undefined;
  readonly earlier: EarlierTrials;
}

/** A segment of a trial that an earlier run has trained. */
export interface ReusedSegment {
  readonly from: EarlierTrial;
  /** The epochs of the segment that are not recorded in this run yet. */
  readonly epochs: readonly EpochRecord[];
  /**
   * The end of the trial. Undefined if the trial pauses after this segment, because the decision about it
   * needs other trials.
   */
  readonly end: TrialEndedEvent | undefined;
}

/** The reused results, in the order in which they are recorded. */
export interface ReusePlan {
  readonly steps: readonly Step[];
  /** The trials that have ended after all steps. */
  readonly trials: readonly number[];
  /** The distinct runs that trained these trials. */
  readonly runs: readonly string[];
  /** The records after all steps. */
  readonly records: ReadonlyMap<number, TrialRecord>;
}

interface Step {
  readonly trial: number;
  /** The earlier trial that provides the results; undefined if a pruner stops the trial in this step. */
  readonly from: EarlierTrial | undefined;
  readonly events: readonly JournalEvent[];
}

/**
 * Returns the results of an earlier run for a segment; undefined if no earlier run has trained it. Training
 * the segment now would give the same results.
 */
export function findEarlierSegment(
  { experiment, fingerprintTrial, earlier }: ReuseContext,
  { trial, until }: TrainingSegment,
  records: ReadonlyMap<number, TrialRecord>,
): ReusedSegment | undefined {
  const recorded = records.get(trial.number)?.history.at(-1)?.epoch ?? 0;
  for (const from of earlier.same(fingerprintTrial(trial, records))) {
    const { history } = from.record;
    const epochs = history.filter(({ epoch }) => epoch > recorded && epoch <= until);
    const known = records.get(trial.number)?.history ?? [];
    const state = readStateAt(from.record, { trial, until });
    if (state === "unknown" || (state === "completed" && !hasFiles(from, trial))) continue;
    if (state === "paused") return { from, epochs, end: undefined };
    return { from, epochs, end: endOf(from.record, trial, [...known, ...epochs], experiment) };
  }
  return undefined;
}

/** Returns the state of a trial with this record at the end of a segment. */
function readStateAt(
  record: EarlierTrial["record"],
  { trial, until }: TrainingSegment,
): "completed" | "diverged" | "paused" | "unknown" {
  const { status, epochs, planned } = record;
  if (status === "completed") return until >= epochs ? "completed" : "paused";
  if (status === "diverged") {
    if (until > epochs || epochs === planned) return "diverged";
    // The trial diverged in the next epoch or, with early stopping, in its test.
    return until < epochs || trial.spec.training.earlyStopping === undefined ? "paused" : "unknown";
  }
  if ((status !== "pruned" && status !== "running") || until > epochs || until >= planned) return "unknown";
  // The earlier run was killed after early stopping had ended the training, and before the end was recorded.
  const isOver = findRestoredEpoch(
    record.history.filter(({ epoch }) => epoch <= until),
    trial,
  );
  return status === "running" && isOver !== undefined ? "unknown" : "paused";
}

function endOf(
  { status, epochs, train, validation, test, seconds = 0, reason }: TrialRecord,
  trial: Trial,
  history: readonly EpochRecord[],
  { metric, goal }: Experiment,
): TrialEndedEvent {
  if (status === "running") throw new RangeError("a running trial has no end");
  return {
    event: "trial-ended",
    trial: trial.number,
    status,
    epochs,
    // The earlier run may have used another ranking metric.
    bestEpoch: findRestoredEpoch(history, trial) ?? findBestEpoch(history, metric, goal),
    train,
    validation,
    test,
    seconds,
    reason,
  };
}

/**
 * Returns whether a trial can be reused without training. All its tables must exist, and its checkpoint if
 * other trials may continue its network. A trial that has lost its network but not its checkpoint is not
 * reused. It resumes from the checkpoint and is tested again.
 */
function hasFiles({ folder }: EarlierTrial, { until }: Trial): boolean {
  const isThere = (name: string): boolean => existsSync(join(folder, name));
  const hasCheckpoint = isThere(CHECKPOINT_FILE);
  // `keep` deletes the model card with the network.
  const isLost = !isThere(NETWORK_FILE) && isThere(MODEL_CARD_FILE);
  const mayLackNetwork = !hasCheckpoint || !isLost;
  return TEST_TABLES.every(isThere) && mayLackNetwork && (hasCheckpoint || until === undefined);
}

/** Simulates the sweep as far as earlier runs have trained it. Writes no files. */
export function planReuse(
  reuse: ReuseContext,
  recorded: ReadonlyMap<number, TrialRecord>,
  ended: RunDirectory["sweepEnd"],
): ReusePlan {
  const { experiment, next, catalogs, fingerprintTrial } = reuse;
  const records = new Map(recorded);
  const steps: Step[] = [];
  const add = (trial: number, events: readonly JournalEvent[], from?: EarlierTrial): void => {
    for (const event of events) applyEvent(records, event, 1);
    steps.push({ trial, events, from });
  };
  const createStart = (trial: Trial, worker: TrialRecord["worker"]): JournalEvent => {
    const { number, seed, parameters, parent } = trial;
    return {
      event: "trial-started",
      trial: number,
      seed,
      parameters,
      ...(parent !== undefined && { parent }),
      worker,
      after: records.get(number)?.history.at(-1)?.epoch ?? 0,
      ...fingerprintTrial(trial, records),
    };
  };
  const onPruned = ({ trial, until }: TrainingSegment): void => {
    const record = records.get(trial.number)!;
    const at = {
      epoch: until,
      reason: formatPruningReason(experiment, until),
      seconds: sumEpochSeconds(record),
    };
    const pruned = createPrunedEvent(trial, record.history, at, experiment);
    // See `TrialJournal.pruned`.
    add(trial.number, record.status === "failed" ? [createStart(trial, record.worker), pruned] : [pruned]);
  };
  // Segments that no earlier run has trained are skipped. Later, the scheduler of the run decides how the
  // sweep continues.
  const scheduler = createSweepScheduler(
    { experiment, next, catalogs, directory: { records, sweepEnd: ended } },
    onPruned,
  );
  for (let part = scheduler.take(); part !== undefined; part = scheduler.take()) {
    const { trial } = part;
    const found = findEarlierSegment(reuse, part, records);
    if (found === undefined) continue;
    const { from, epochs, end } = found;
    const { number } = trial;
    const started = createStart(trial, from.record.worker);
    const of = { event: "epoch", trial: number } as const;
    const trained = epochs.map((epoch): JournalEvent => Object.assign({}, of, epoch));
    add(number, [started, ...trained, ...(end === undefined ? [] : [end])], from);
    scheduler.onEpoch();
    if (scheduler.isDropped(trial)) continue;
    if (end === undefined) scheduler.onPaused(trial);
    else scheduler.onEnded(trial);
  }
  const lasting = steps.filter(({ trial }) => trial <= (scheduler.end?.after ?? Infinity));
  return { ...summaryOf(lasting), steps: lasting, records };
}

function summaryOf(steps: readonly Step[]): Pick<ReusePlan, "trials" | "runs"> {
  const ended = steps.filter(({ events }) => events.some(({ event }) => event === "trial-ended"));
  const trials = new Set(ended.map(({ trial }) => trial));
  const runs = steps.flatMap(({ trial, from }) =>
    from !== undefined && trials.has(trial) ? [from.run] : [],
  );
  return { trials: [...trials], runs: [...new Set(runs)] };
}

/**
 * Records the reused results and copies the trials' files. Stops at the first trial whose files cannot be
 * read: its segment and all later ones will be trained. Returns the reused trials and their runs. Throws
 * RunDirectoryError.
 */
export async function reuseTrials(
  plan: ReusePlan,
  directory: RunDirectory,
  data: readonly DatasetRecord[],
): Promise<Pick<ReusePlan, "trials" | "runs">> {
  const taken: Step[] = [];
  for (const step of plan.steps) {
    const { trial, from, events } = step;
    const status = events.find((event) => event.event === "trial-ended")?.status;
    // Removes files of an earlier attempt in this run.
    if (status !== undefined) {
      const folder = directory.trialFolder(trial);
      wrapFileSystemErrors("delete", folder, () => rmSync(folder, { recursive: true, force: true }));
    }
    const isCompleted = from !== undefined && status === "completed";
    if (isCompleted && !(await copyFiles(from, directory.trialFolder(trial)))) break;
    for (const event of events) directory.append(event);
    taken.push(step);
  }
  const first = taken.find(({ from }) => from !== undefined)?.from;
  if (first !== undefined) {
    const { kernels, threads } = readEnvironment(first.path);
    updateEnvironment(directory.path, { kernels, threads, data });
  }
  await directory.synced();
  return summaryOf(taken);
}

/**
 * Copies the files of a trial to a folder: its tables, and the large files that its run has kept. If a file
 * cannot be read, copies none and returns false.
 */
export async function copyFiles({ folder }: EarlierTrial, to: string): Promise<boolean> {
  const files: (readonly [string, Uint8Array])[] = [];
  const optional = [CHECKPOINT_FILE, NETWORK_FILE, OUTPUTS_FILE, ...VALIDATION_TABLES].filter((name) =>
    existsSync(join(folder, name)),
  );
  for (const name of [...TEST_TABLES, ...optional]) {
    try {
      files.push([join(to, name), readFileSync(join(folder, name))]);
    } catch {
      return false;
    }
  }
  await writeFilesAtomically(files);
  return true;
}
