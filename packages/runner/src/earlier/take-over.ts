import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Catalogs, Experiment, NextTrials } from "@nn/experiment";
import {
  applyEvent,
  writeFileAtomically,
  writeFilesAtomically,
  type DataIdentity,
  type EpochRecord,
  type JournalEvent,
  type RunDirectory,
  type TrialEndedEvent,
  type TrialRecord,
} from "@nn/results";
import { CHECKPOINT_FILE, TRIAL_FILES, bestEpoch, type IdentityOf, type Trial } from "@nn/training";

import type { TrainingSegment } from "../scheduling/sweep-scheduler.ts";
import type { EarlierTrial, EarlierTrials } from "./earlier-trials.ts";
import { describeEnvironment, readEnvironment } from "../environment.ts";
import { prunedEvent, pruningReason } from "../scheduling/pruned-event.ts";
import { createSweepScheduler } from "../run-trials.ts";
import { secondsOf } from "../scheduling/trial-journal.ts";

/** What there is to be trained, and what has been trained before. */
export interface ReusedSegment {
  readonly experiment: Experiment;
  readonly next: NextTrials;
  readonly identityOf: IdentityOf;
  /** What its blocks name; the built-in entries unless given. */
  readonly catalogs?: Pick<Catalogs, "pruners" | "schedules"> | undefined;
  readonly earlier: EarlierTrials;
}

/** A part of a trial that an earlier run has trained. */
export interface EarlierSegment {
  readonly from: EarlierTrial;
  /** Those of the part that are not on record yet. */
  readonly epochs: readonly EpochRecord[];
  /** How the trial ends with it; undefined where it pauses, and how it goes on depends on others. */
  readonly end: TrialEndedEvent | undefined;
}

/** What is taken over, step by step, in the order in which it is recorded. */
export interface TakeOver {
  readonly steps: readonly Step[];
  /** The trials that have all of their results by it. */
  readonly trials: readonly number[];
  /** The runs that they come from, each once. */
  readonly runs: readonly string[];
  /** What is on record after it. */
  readonly records: ReadonlyMap<number, TrialRecord>;
}

interface Step {
  readonly trial: number;
  /** What has trained it; undefined where it is stopped for good. */
  readonly from: EarlierTrial | undefined;
  readonly events: readonly JournalEvent[];
}

/**
 * The part as an earlier run has trained it; undefined where none has. What is there is exactly what training
 * it would give.
 */
export function earlierSegment(
  { experiment, identityOf, earlier }: ReusedSegment,
  { trial, until }: TrainingSegment,
  records: ReadonlyMap<number, TrialRecord>,
): EarlierSegment | undefined {
  const recorded = records.get(trial.number)?.history.at(-1)?.epoch ?? 0;
  for (const from of earlier.same(identityOf(trial, records))) {
    const { history } = from.record;
    const epochs = history.filter(({ epoch }) => epoch > recorded && epoch <= until);
    const known = records.get(trial.number)?.history ?? [];
    const state = stateAt(from.record, { trial, until });
    if (state === "unknown" || (state === "completed" && !hasFiles(from))) continue;
    if (state === "paused") return { from, epochs, end: undefined };
    return { from, epochs, end: endOf(from.record, trial, [...known, ...epochs], experiment) };
  }
  return undefined;
}

/** Where a trial with this record is when it has been trained up to an epoch. */
function stateAt(
  record: EarlierTrial["record"],
  { trial, until }: TrainingSegment,
): "completed" | "diverged" | "paused" | "unknown" {
  const { status, epochs, planned } = record;
  if (status === "completed") return until >= epochs ? "completed" : "paused";
  if (status === "diverged") {
    if (until > epochs || epochs === planned) return "diverged";
    // It has diverged in the epoch after this one, or, if it can stop early, when it was tested.
    return until < epochs || trial.spec.training.earlyStopping === undefined ? "paused" : "unknown";
  }
  return (status === "pruned" || status === "running") && until <= epochs && until < planned
    ? "paused"
    : "unknown";
}

function endOf(
  { status, epochs, train, validation, test, seconds = 0, reason }: TrialRecord,
  { number }: Trial,
  history: readonly EpochRecord[],
  { metric, goal }: Experiment,
): TrialEndedEvent {
  if (status === "running") throw new RangeError("a trial that runs has no end");
  return {
    event: "trial-ended",
    trial: number,
    status,
    epochs,
    // The earlier run may have been ranked by something else.
    bestEpoch: bestEpoch(history, metric, goal),
    train,
    validation,
    test,
    seconds,
    reason,
  };
}

function hasFiles({ folder }: EarlierTrial): boolean {
  return [CHECKPOINT_FILE, ...TRIAL_FILES].every((name) => existsSync(join(folder, name)));
}

/** Goes through the sweep as far as earlier runs have trained it. Changes nothing. */
export function planTakeOver(
  reuse: ReusedSegment,
  recorded: ReadonlyMap<number, TrialRecord>,
  ended: RunDirectory["sweepEnd"],
): TakeOver {
  const { experiment, next, catalogs, identityOf } = reuse;
  const records = new Map(recorded);
  const steps: Step[] = [];
  const add = (trial: number, events: readonly JournalEvent[], from?: EarlierTrial): void => {
    for (const event of events) applyEvent(records, event, 1);
    steps.push({ trial, events, from });
  };
  const onPruned = ({ trial, until }: TrainingSegment): void => {
    const record = records.get(trial.number)!;
    const at = { epoch: until, reason: pruningReason(experiment, until), seconds: secondsOf(record) };
    add(trial.number, [prunedEvent(trial, record.history, at, experiment)]);
  };
  // Those that nobody has trained stay with it, and how it goes on from them is another scheduler's matter.
  const scheduler = createSweepScheduler(
    { experiment, next, catalogs, directory: { records, sweepEnd: ended } },
    onPruned,
  );
  for (let part = scheduler.take(); part !== undefined; part = scheduler.take()) {
    const { trial } = part;
    const found = earlierSegment(reuse, part, records);
    if (found === undefined) continue;
    const { from, epochs, end } = found;
    const { number, seed, parameters, parent } = trial;
    const started: JournalEvent = {
      event: "trial-started",
      trial: number,
      seed,
      parameters,
      ...(parent !== undefined && { parent }),
      worker: from.record.worker,
      after: records.get(number)?.history.at(-1)?.epoch ?? 0,
      ...identityOf(trial, records),
    };
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

function summaryOf(steps: readonly Step[]): Pick<TakeOver, "trials" | "runs"> {
  const ended = steps.filter(({ events }) => events.some(({ event }) => event === "trial-ended"));
  const trials = new Set(ended.map(({ trial }) => trial));
  const runs = steps.flatMap(({ trial, from }) =>
    from !== undefined && trials.has(trial) ? [from.run] : [],
  );
  return { trials: [...trials], runs: [...new Set(runs)] };
}

/**
 * Records it, with the files of the trials. Where a file is gone meanwhile, what comes after it is left to be
 * trained. Returns what has been taken over. Throws RunDirectoryError.
 */
export async function takeOver(
  plan: TakeOver,
  directory: RunDirectory,
  data: readonly DataIdentity[],
): Promise<Pick<TakeOver, "trials" | "runs">> {
  const taken: Step[] = [];
  for (const step of plan.steps) {
    const { trial, from, events } = step;
    const status = events.find((event) => event.event === "trial-ended")?.status;
    // What an attempt of this run has left there.
    if (status !== undefined) rmSync(directory.trialFolder(trial), { recursive: true, force: true });
    const isCompleted = from !== undefined && status === "completed";
    if (isCompleted && !(await copyFiles(from, directory.trialFolder(trial)))) break;
    for (const event of events) directory.append(event);
    taken.push(step);
  }
  const first = taken.find(({ from }) => from !== undefined)?.from;
  if (first !== undefined) {
    const { kernels, threads } = readEnvironment(first.path);
    const environment = describeEnvironment({ kernels, threads, data });
    writeFileAtomically(join(directory.path, "environment.json"), environment);
  }
  await directory.confirmed();
  return summaryOf(taken);
}

/** Whether all of them were there. */
export async function copyFiles({ folder }: EarlierTrial, to: string): Promise<boolean> {
  const files: (readonly [string, Uint8Array])[] = [];
  for (const name of [CHECKPOINT_FILE, ...TRIAL_FILES]) {
    try {
      files.push([join(to, name), readFileSync(join(folder, name))]);
    } catch {
      return false;
    }
  }
  await writeFilesAtomically(files);
  return true;
}
