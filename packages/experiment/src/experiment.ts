import type { Choice, Trial } from "@nn/training";
import type { Budget } from "./schema/budget.ts";
import type { Executor } from "./schema/executors.ts";

/** The result of a configuration, for a sampler that learns from it. */
export interface ConfigurationOutcome {
  /** Smaller is better, for either goal; undefined if nothing was measured. */
  readonly objective: number | undefined;
  /** If a pruner stopped it: after how many epochs. */
  readonly prunedAfter?: number;
}

/**
 * Returns the trials of the generation after these outcomes, which are those of all earlier configurations in
 * order; none after the last generation.
 */
export type NextTrials = (outcomes: readonly ConfigurationOutcome[]) => Trial[];

/** A checked and complete experiment file. It is plain data, so it is sent to worker processes as JSON. */
export interface Experiment {
  readonly name: string;
  readonly description: string;
  /**
   * The experiment's seed. The validation split is drawn from it, so all trials are evaluated on the same
   * images.
   */
  readonly seed: number;
  readonly repeats: number;
  /** Absolute path of the experiment file. Paths of custom parts in the spec are relative to its folder. */
  readonly file: string;
  /** The resolved experiment as data, `sweep` included; written to experiment.yaml as it is. */
  readonly resolved: Readonly<Record<string, unknown>>;
  /**
   * 12 hexadecimal digits of a SHA-256 over the resolved experiment and the files of its custom parts
   * (`fingerprintOf`).
   */
  readonly fingerprint: string;
  /** The swept paths in the order of the file: the parameter columns of results.csv. */
  readonly sweptPaths: readonly string[];
  /** The metric that the sweep ranks by; without a sweep, validation.accuracy. */
  readonly metric: string;
  readonly goal: "maximize" | "minimize";
  /**
   * Number of configurations per generation. An adaptive sampler has several, and proposes one when all
   * earlier ones have ended.
   */
  readonly generations: readonly number[];
  /** The trials of the first generation, which are known before anything runs. */
  readonly trials: readonly Trial[];
  /** Whether trials continue the networks of earlier ones, each for part of a training. */
  readonly continuesTrainings: boolean;
  /** Stops trials that are not promising. */
  readonly pruner?: Choice;
  /**
   * Where trials are trained; absent for processes of this machine. It is not in `resolved`, because it
   * changes no result.
   */
  readonly executor?: Executor;
  /**
   * The limits of the sweep. Its limit on trials is already applied to `generations` and `trials`; `leftOut`
   * configurations are beyond it.
   */
  readonly budget?: Budget & { readonly leftOut: number };
}

/** Returns the number of trials of an experiment, including those of later generations. */
export function countTrials({ generations, repeats }: Pick<Experiment, "generations" | "repeats">): number {
  return generations.reduce((sum, count) => sum + count, 0) * repeats;
}
