import { existsSync } from "node:fs";
import { join } from "node:path";

import { builtIn, type Catalogs, type Experiment } from "@nn/experiment";
import type { TrialRecord } from "@nn/results";
import { CHECKPOINT_FILE, isRecord, type IdentityOf, type Trial } from "@nn/training";

import type { EarlierTrials } from "./earlier-trials.ts";

/** Trials that begin where those of earlier runs are. */
export interface Continuation {
  /** Trial → the checkpoint that it goes on from. */
  readonly checkpoints: ReadonlyMap<number, string>;
  /** How many epochs the trials were to have that have completed with fewer, each number once, ascending. */
  readonly epochs: readonly number[];
  /** How many go on from where such a trial has ended. */
  readonly longer: number;
  /** How many go on from where the same trial was stopped. */
  readonly stopped: number;
  /** Why trials are trained from the start, of each reason once; empty where all may go on. */
  readonly obstacles: readonly string[];
}

/**
 * What there is of the trials of the first generation that have nothing on record; undefined where there is
 * nothing.
 */
export function findContinuation(
  {
    experiment,
    identityOf,
    earlier,
    catalogs = builtIn,
  }: {
    experiment: Experiment;
    identityOf: IdentityOf;
    earlier: EarlierTrials;
    catalogs?: Pick<Catalogs, "schedules"> | undefined;
  },
  records: ReadonlyMap<number, TrialRecord>,
): Continuation | undefined {
  const checkpoints = new Map<number, string>();
  const epochs = new Set<number>();
  const obstacles = new Set<string>();
  let [longer, stopped] = [0, 0];
  for (const trial of experiment.trials) {
    if ((records.get(trial.number)?.history.length ?? 0) > 0 || isOver(records.get(trial.number))) continue;
    const identity = identityOf(trial, records);
    const isThere = ({ folder }: { folder: string }): boolean => existsSync(join(folder, CHECKPOINT_FILE));
    // A pruner looks at trials at epochs of its own, which the checkpoint may be beyond.
    const same = experiment.pruner === undefined ? earlier.same(identity).find(isThere) : undefined;
    const shorter = earlier.shorter(identity).find(isThere);
    if (same !== undefined) {
      checkpoints.set(trial.number, join(same.folder, CHECKPOINT_FILE));
      stopped += 1;
    } else if (shorter !== undefined) {
      const { planned } = shorter.record;
      epochs.add(planned);
      const obstacle = obstacleTo(trial, planned, experiment, catalogs);
      if (obstacle !== undefined) {
        obstacles.add(obstacle);
        continue;
      }
      checkpoints.set(trial.number, join(shorter.folder, CHECKPOINT_FILE));
      longer += 1;
    }
  }
  if (checkpoints.size === 0 && obstacles.size === 0) return undefined;
  const sorted = [...epochs].sort((a, b) => a - b);
  return { checkpoints, epochs: sorted, longer, stopped, obstacles: [...obstacles] };
}

/** Whether nothing of it is to be trained. */
function isOver(record: TrialRecord | undefined): boolean {
  return record !== undefined && record.status !== "running" && record.status !== "failed";
}

function obstacleTo(
  trial: Trial,
  epochs: number,
  experiment: Experiment,
  { schedules }: Pick<Catalogs, "schedules">,
): string | undefined {
  const { type, ...options } = trial.spec.schedule;
  if (experiment.pruner !== undefined)
    return `the pruner ${experiment.pruner.type} goes by the number of epochs`;
  if (experiment.generations.length > 1)
    return "what its sampler proposes depends on what comes of whole trainings";
  if (schedules.get(type)?.isOpenEnded?.(options) !== true)
    return `the schedule ${type} depends on the number of epochs`;
  return isWarmAfter(epochs, options["warmup"])
    ? undefined
    : "the end of the earlier training may have cut its warm-up short";
}

/** Whether a warm-up is over by then, however few steps an epoch has. */
function isWarmAfter(epochs: number, warmup: unknown): boolean {
  if (!isRecord(warmup)) return true;
  const { epochs: length, steps } = warmup;
  // Part of an epoch is rounded to steps: up, at most by half of one.
  return Number(length) + (steps === 0 ? 0 : Number(steps) + 0.5) <= epochs;
}
