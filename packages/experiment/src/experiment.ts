import type { Choice, Trial } from "@nn/training";
import type { Budget } from "./schema/budget.ts";
import type { Executor } from "./schema/executors.ts";

/** What came of a configuration, for a sampler that learns from it. */
export interface ConfigurationOutcome {
  /** Smaller is better, whatever the goal; undefined where nothing was measured. */
  readonly objective: number | undefined;
  /** Where a pruner stopped it: after how many epochs. */
  readonly prunedAfter?: number;
}

/**
 * The trials of the generation that comes after these outcomes, which are those of all earlier configurations
 * in order; none when there is no further one.
 */
export type NextTrials = (outcomes: readonly ConfigurationOutcome[]) => Trial[];

/**
 * An experiment file, checked and complete. Plain data throughout: it crosses to worker processes as JSON.
 */
export interface Experiment {
  readonly name: string;
  readonly description: string;
  /**
   * The experiment's seed; the validation split is drawn from it, so that all trials are judged on the same
   * images.
   */
  readonly seed: number;
  readonly repeats: number;
  /** Absolute path of the experiment file; plug-in paths in the spec are relative to its folder. */
  readonly file: string;
  /** The resolved experiment as data, `sweep` included; written to experiment.yaml as it is. */
  readonly resolved: Readonly<Record<string, unknown>>;
  /**
   * 12 hexadecimal digits of a SHA-256 over the resolved experiment (canonical JSON) and the sources of its
   * plug-ins.
   */
  readonly fingerprint: string;
  /** The swept paths in the order of the file: the parameter columns of results.csv. */
  readonly sweptPaths: readonly string[];
  /** What the sweep ranks by; without a sweep validation.accuracy, maximized. */
  readonly metric: string;
  readonly goal: "maximize" | "minimize";
  /**
   * How many configurations each generation has. A sampler that learns has several, and proposes one when all
   * before have ended.
   */
  readonly generations: readonly number[];
  /** Those of the first generation: known before anything runs. */
  readonly trials: readonly Trial[];
  /** That trials go on with the networks of earlier ones, each for a part of a training. */
  readonly continuesTrainings: boolean;
  /** What stops trials that are not worth the rest of their training. */
  readonly pruner?: Choice;
  /**
   * Where trials are trained; by processes of this machine where it is not there. No part of `resolved`: it
   * changes no result.
   */
  readonly executor?: Executor;
  /** What ends the sweep; `generations` and `trials` are those that its budget of trials leaves. */
  readonly budget?: Budget & { readonly leftOut: number };
}

/** How many trials an experiment has, those of later generations counted. */
export function countTrials({ generations, repeats }: Pick<Experiment, "generations" | "repeats">): number {
  return generations.reduce((sum, count) => sum + count, 0) * repeats;
}
