import { existsSync } from "node:fs";
import { join } from "node:path";

import { builtInCatalogs, type Catalogs, type Experiment, type ForecastInput } from "@nn/experiment";
import type { TrialRecord } from "@nn/results";
import {
  CHECKPOINT_FILE,
  createScheduleContext,
  isRecord,
  type Trial,
  type TrialFingerprinter,
  type TrialSpec,
} from "@nn/training";

import type { EarlierTrials } from "./earlier-trials.ts";

/** The trials of this run that resume from checkpoints of earlier runs. */
export interface ResumePlan {
  /** Trial number → the path of the checkpoint from which the trial resumes. */
  readonly checkpoints: ReadonlyMap<number, string>;
  /** The distinct planned numbers of epochs of the shorter, completed trials, in ascending order. */
  readonly epochs: readonly number[];
  /** Number of trials that resume from a completed, shorter trial. */
  readonly longer: number;
  /** Number of trials that resume where the same trial was stopped. */
  readonly stopped: number;
  /** The distinct reasons why trials are trained from the start although a shorter one has completed. */
  readonly obstacles: readonly string[];
}

/** What `planResume` needs to know about the run and its data. */
interface ResumeContext {
  readonly experiment: Experiment;
  readonly fingerprintTrial: TrialFingerprinter;
  readonly forecastInputOf: (spec: TrialSpec) => ForecastInput;
  readonly earlier: EarlierTrials;
  /** The catalog of schedules. Default: the built-in ones. */
  readonly catalogs?: Pick<Catalogs, "schedules"> | undefined;
}

/**
 * Finds checkpoints for the trials of the first generation that have no recorded epochs. Returns undefined if
 * there are neither checkpoints nor obstacles.
 */
export function planResume(
  context: ResumeContext,
  records: ReadonlyMap<number, TrialRecord>,
): ResumePlan | undefined {
  const { experiment, fingerprintTrial, earlier } = context;
  const checkpoints = new Map<number, string>();
  const epochs = new Set<number>();
  const obstacles = new Set<string>();
  let [longer, stopped] = [0, 0];
  for (const trial of experiment.trials) {
    if ((records.get(trial.number)?.history.length ?? 0) > 0 || isOver(records.get(trial.number))) continue;
    const identity = fingerprintTrial(trial, records);
    const isThere = ({ folder }: { folder: string }): boolean => existsSync(join(folder, CHECKPOINT_FILE));
    // A pruner compares trials at its rungs, and the checkpoint may be from a later epoch.
    const same = experiment.pruner === undefined ? earlier.same(identity).find(isThere) : undefined;
    const shorter = earlier.shorter(identity);
    if (same !== undefined) {
      checkpoints.set(trial.number, join(same.folder, CHECKPOINT_FILE));
      stopped += 1;
    } else if (shorter.length > 0) {
      const from = shorter.find(isThere);
      const { planned } = (from ?? shorter[0]!).record;
      epochs.add(planned);
      const obstacle = findObstacle(trial, planned, context);
      if (obstacle !== undefined || from === undefined) {
        obstacles.add(obstacle ?? "its checkpoint was not kept (keep.checkpoints)");
        continue;
      }
      checkpoints.set(trial.number, join(from.folder, CHECKPOINT_FILE));
      longer += 1;
    }
  }
  if (checkpoints.size === 0 && obstacles.size === 0) return undefined;
  const sorted = [...epochs].sort((a, b) => a - b);
  return { checkpoints, epochs: sorted, longer, stopped, obstacles: [...obstacles] };
}

/** Returns whether a trial has ended and will not be retried. */
function isOver(record: TrialRecord | undefined): boolean {
  return record !== undefined && record.status !== "running" && record.status !== "failed";
}

function findObstacle(
  trial: Trial,
  epochs: number,
  { experiment, forecastInputOf, catalogs: { schedules } = builtInCatalogs }: ResumeContext,
): string | undefined {
  const { type, ...options } = trial.spec.schedule;
  if (experiment.pruner !== undefined)
    return `the pruner ${experiment.pruner.type} may decide differently with another number of epochs`;
  if (experiment.generations.length > 1)
    return "the sampler's proposals depend on the results of complete training runs";
  if (schedules.get(type)?.isOpenEnded?.(options) !== true)
    return `the schedule ${type} depends on the number of epochs`;
  return isWarmAfter(epochs, trial.spec, forecastInputOf(trial.spec).info)
    ? undefined
    : "the earlier run ended during its warm-up";
}

/** Returns whether the warm-up has ended after `epochs` epochs. */
function isWarmAfter(
  epochs: number,
  { dataset: { validation }, schedule: { warmup }, training }: TrialSpec,
  { trainingCount }: ForecastInput["info"],
): boolean {
  if (!isRecord(warmup)) return true;
  const images = trainingCount - (validation === "test" ? 0 : validation);
  const { totalSteps, stepsPerEpoch } = createScheduleContext({ ...training, epochs, images });
  return Number(warmup["steps"]) + Math.round(Number(warmup["epochs"]) * stepsPerEpoch) <= totalSteps;
}
