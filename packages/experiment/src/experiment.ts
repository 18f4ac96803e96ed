import type { PartSpec, Trial, TrialSpec } from "@nn/training";
import type { Budget } from "./schema/budget.ts";
import type { Executor } from "./schema/executors.ts";
import type { KeepSpec } from "./schema/keep.ts";
import type { LoggerSpec } from "./schema/loggers.ts";

/** The result of a configuration, from which a sampler learns. */
export interface ConfigurationOutcome {
  /** The value to minimize, for either goal; undefined if there is no metric. */
  readonly objective: number | undefined;
  /** Number of epochs after which a pruner stopped the configuration; absent if it was not pruned. */
  readonly prunedAfter?: number;
}

/**
 * Returns the trials of the next generation, or none after the last one. `outcomes` holds the outcomes of all
 * earlier configurations, in order.
 */
export type TrialProposer = (outcomes: readonly ConfigurationOutcome[]) => Trial[];

/** A checked and complete experiment. It is plain data that is sent to worker processes as JSON. */
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
  /** The resolved experiment as data, including `sweep`; experiment.yaml also has `keep` and `loggers`. */
  readonly resolved: Readonly<Record<string, unknown>>;
  /**
   * 12 hexadecimal digits of a SHA-256 over the resolved experiment and the files of its custom parts
   * (`computeFingerprint`).
   */
  readonly fingerprint: string;
  /** The swept paths in the order of the file: the parameter columns of results.csv. */
  readonly sweptPaths: readonly string[];
  /** The metric by which the sweep ranks trials; validation.accuracy without a sweep. */
  readonly metric: string;
  readonly goal: "maximize" | "minimize";
  /**
   * Number of configurations in each generation. An adaptive sampler has several generations, and proposes
   * each when all earlier configurations have ended.
   */
  readonly generations: readonly number[];
  /** The trials of the first generation, which are known before any trial runs. */
  readonly trials: readonly Trial[];
  /** The data sets of the trials of all generations. */
  readonly datasets: readonly TrialSpec["dataset"][];
  /**
   * True if trials continue the networks of earlier trials, as with pbt. Each then trains some of the epochs.
   */
  readonly continuesNetworks: boolean;
  /**
   * Which configurations keep their large files. It is not part of `resolved`, because it does not change
   * results.
   */
  readonly keep: KeepSpec;
  /** Additional formats of the results. Like `keep`, they are not part of `resolved`. */
  readonly loggers: readonly LoggerSpec[];
  /** The pruner, which stops unpromising trials. */
  readonly pruner?: PartSpec;
  /**
   * The executor that trains the trials; absent for processes on this machine. It is not part of `resolved`,
   * because it does not change results.
   */
  readonly executor?: Executor;
  /**
   * The limits of the sweep. The limit on trials is already applied to `generations` and `trials`. `leftOut`
   * is the number of configurations beyond this limit.
   */
  readonly budget?: Budget & { readonly leftOut: number };
}

/** Returns the number of trials of an experiment, including those of later generations. */
export function countTrials({ generations, repeats }: Pick<Experiment, "generations" | "repeats">): number {
  return generations.reduce((sum, count) => sum + count, 0) * repeats;
}
