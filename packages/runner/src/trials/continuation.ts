import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { schedules } from "@nn/layers";
import { readJournal, RunDirectoryError, trialsOf, type DataIdentity } from "@nn/results";
import { parse } from "yaml";

import type { Experiment, Trial } from "../experiment.ts";
import { isRecord } from "../spec/json-schema.ts";
import { CHECKPOINT_FILE } from "../training/checkpoint-file.ts";

/** An earlier run of the same experiment with fewer epochs, whose completed trials are where longer ones are after as many. */
export interface Continuation {
  readonly epochs: number;
  /** Why trials are trained from the start, of each reason once; empty where all may go on. */
  readonly obstacles: readonly string[];
  /** Trial → the checkpoint at its end, of those that may be gone on with. */
  readonly checkpoints: ReadonlyMap<number, string>;
}

export interface Sought {
  readonly experiment: Experiment;
  /** `results/<name>`. */
  readonly folder: string;
  /** See `LoadedExperiment`. */
  readonly fingerprintWith: (epochs: number) => string;
  readonly data: readonly DataIdentity[];
}

/** The longest earlier run that there is; undefined where there is none with a completed trial. */
export function findContinuation(sought: Sought): Continuation | undefined {
  const runs = earlierRuns(sought).sort((a, b) => b.epochs - a.epochs);
  for (const { epochs, path } of runs) {
    const completed = completedTrials(path, sought.data);
    if (completed.size === 0) continue;
    const obstacles = new Set<string>();
    const checkpoints = new Map<number, string>();
    for (const trial of sought.experiment.trials) {
      const checkpoint = join(path, "trials", String(trial.number), CHECKPOINT_FILE);
      if (!completed.has(trial.number) || !existsSync(checkpoint)) continue;
      const obstacle = obstacleTo(trial, epochs, sought);
      if (obstacle === undefined) checkpoints.set(trial.number, checkpoint);
      else obstacles.add(obstacle);
    }
    return { epochs, obstacles: [...obstacles], checkpoints };
  }
  return undefined;
}

/** Runs that differ in the epochs alone: with these, the experiment has their fingerprint. */
function earlierRuns({ experiment, folder, fingerprintWith }: Sought): { epochs: number; path: string }[] {
  const most = Math.min(...experiment.trials.map(({ spec }) => spec.training.epochs));
  return readdirSync(folder)
    .filter((name) => /^[0-9a-f]{12}$/.test(name) && name !== experiment.fingerprint)
    .flatMap((name) => {
      const path = join(folder, name);
      const epochs = epochsOf(join(path, "experiment.yaml"));
      const isEarlier = epochs !== undefined && epochs < most && fingerprintWith(epochs) === name;
      return isEarlier ? [{ epochs, path }] : [];
    });
}

function epochsOf(file: string): number | undefined {
  try {
    const written: unknown = parse(readFileSync(file, "utf8"));
    const training = isRecord(written) ? written["training"] : undefined;
    const epochs = isRecord(training) ? training["epochs"] : undefined;
    return typeof epochs === "number" ? epochs : undefined;
  } catch {
    return undefined; // what cannot be read is nothing to go on from
  }
}

/** Of a run with the same data; none where its journal cannot be read. */
function completedTrials(path: string, data: readonly DataIdentity[]): Set<number> {
  try {
    const { events } = readJournal(join(path, "journal.jsonl"));
    const isOther = events.some(
      (event) =>
        event.event === "data" &&
        data.some(({ name, sha256 }) => name === event.name && sha256 !== event.sha256),
    );
    if (isOther) return new Set();
    const records = [...trialsOf(events).values()];
    return new Set(records.filter(({ status }) => status === "completed").map(({ trial }) => trial));
  } catch (error) {
    if (error instanceof RunDirectoryError) return new Set();
    throw error;
  }
}

function obstacleTo(trial: Trial, epochs: number, { experiment }: Sought): string | undefined {
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
