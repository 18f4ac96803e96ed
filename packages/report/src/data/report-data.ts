import type { EvaluationData } from "./network-data.ts";

/** A number; null if it is missing or not finite. */
export type NullableNumber = number | null;

/** The sets of images on which a trial is evaluated. */
export type SetName = "train" | "validation" | "test";

/** The name of a metric column of results.csv. */
export type MetricColumn = `${SetName}.${"loss" | "accuracy"}`;

/** Mean loss and accuracy (0 … 1) over a set of images. */
export interface ReportMetrics {
  readonly loss: NullableNumber;
  readonly accuracy: NullableNumber;
}

/** The data that the page of a run shows. The page stores it as JSON. */
export interface ReportData {
  /** Name of the experiment. */
  readonly name: string;
  readonly description: string | null;
  /** The folder of the run, such as `quickstart/d6954fd3c8aa`. */
  readonly run: string;
  readonly metric: MetricColumn;
  readonly goal: "maximize" | "minimize";
  /** The type of the sampler, such as `grid`; null without a sweep. */
  readonly sampler: string | null;
  /** Whether the sampler uses the results of earlier trials to propose new ones. */
  readonly isAdaptive: boolean;
  /** The type of the pruner; null without one. */
  readonly pruner: string | null;
  /** Whether the test images were also the validation images, which select the best configuration. */
  readonly validatesOnTest: boolean;
  /** The swept parameters, in the order of the experiment file. */
  readonly parameters: readonly SweptParameter[];
  /** The ended trials, ascending by number. */
  readonly trials: readonly ReportTrial[];
  /** The configurations from the best to the worst. */
  readonly configurations: readonly RankedConfiguration[];
  /** The difference between the best configuration and the second; null if there is only one. */
  readonly lead: Lead | null;
  /** The comparison of this run with others; null without others. */
  readonly runComparison: RunComparison | null;
  /** The learning rate of the best trial; null if it is constant or unknown. */
  readonly learningRate: LearningRate | null;
  /** Predictions of the trained networks; null if the run stored no outputs. */
  readonly evaluation: EvaluationData | null;
  /** The resolved experiment file. */
  readonly experiment: string;
  /** Labels and values about the program and the machine. */
  readonly environment: readonly (readonly [label: string, value: string])[];
  /** The command that reproduces the run. */
  readonly command: string;
}

/** The learning rate of a trial. */
export interface LearningRate {
  readonly trial: number;
  /** Number of epochs trained so far, and the learning rate of the next step. */
  readonly points: readonly (readonly [epochs: number, rate: number])[];
}

/** A comparison of the best configurations of several runs by the metric of the first run. */
export interface RunComparison {
  /** The metric by which the runs are ranked. */
  readonly metric: MetricColumn;
  /** In ranked order, best first. Runs without the metric come last. */
  readonly runs: readonly ComparedRun[];
  /** Sentences that state whether the differences are significant, as `compare` prints them. */
  readonly conclusions: readonly string[];
}

/** The best configuration of a run. */
export interface ComparedRun {
  /** A for the first run of the command, B for the next one, … */
  readonly label: string;
  readonly run: string;
  /** Its swept values and the settings that differ between the runs, as text; empty if there are none. */
  readonly settings: string;
  /** Null if it has no such metric. */
  readonly metric: Estimate | null;
  /** The test accuracy; null if it is the metric, or if it is missing. */
  readonly test: Estimate | null;
  readonly parameters: NullableNumber;
  readonly trials: number;
  /** Its difference from the best run; null for the best run and for a run without the metric. */
  readonly difference: RunDifference | null;
}

/** The mean of a run minus that of the best run. */
export interface RunDifference {
  readonly value: number;
  /** The ends of the 95 % interval; null if one of the two has a single seed. */
  readonly interval: readonly [low: number, high: number] | null;
  /** Two-sided p-value of the t-test, adjusted for all comparisons; null without an interval. */
  readonly pValue: NullableNumber;
}

/** A swept parameter. */
export interface SweptParameter {
  /** Its path in the experiment file, such as `optimizer.learningRate`. */
  readonly path: string;
  /** Its short name: the shortest unique suffix of its path. */
  readonly label: string;
  /** `linear` and `log`: numbers on this scale; `category`: values without an order. */
  readonly scale: "linear" | "log" | "category";
  /** The range of the experiment file; null for a list of values. */
  readonly range: { readonly type: "float" | "int"; readonly min: number; readonly max: number } | null;
}

/** A combination of swept values, with the mean of its completed trials. */
export interface RankedConfiguration {
  /** As in `ReportTrial.configuration`. */
  readonly index: number;
  /** Null if no trial has completed. */
  readonly metric: Estimate | null;
  /** The test accuracy; null if it is the metric, or if it is missing. */
  readonly test: Estimate | null;
}

/** A mean over seeds. */
export interface Estimate {
  readonly seeds: number;
  readonly mean: number;
  /** Half the width of the 95 % confidence interval; null for one seed. */
  readonly margin: NullableNumber;
}

/** The difference between the best and the second-best configuration. */
export interface Lead {
  /** Mean of the best configuration minus that of the second-best, over common seeds if there are two. */
  readonly difference: number;
  /** Number of common seeds. */
  readonly pairs: number;
  /**
   * Two-sided p-value of the paired t-test; null without at least two common seeds, or if the difference is
   * the same with every seed.
   */
  readonly pValue: NullableNumber;
}

/** One ended trial. */
export interface ReportTrial {
  readonly number: number;
  /** The repeats of a configuration have the same index. */
  readonly configuration: number;
  readonly status: "completed" | "diverged" | "pruned" | "failed";
  readonly seed: number;
  /** One value per swept parameter; null if the trial does not have it. */
  readonly values: readonly (number | string | null)[];
  /** Number of completed epochs, including those of a trial that it continues. */
  readonly epochs: number;
  /** Number of epochs that this trial trained itself. */
  readonly ownEpochs: number;
  readonly bestEpoch: NullableNumber;
  /** Number of learned parameters. */
  readonly parameters: NullableNumber;
  /** Number of multiply-adds of the forward pass of one image. */
  readonly multiplyAdds: NullableNumber;
  readonly train: ReportMetrics | null;
  readonly validation: ReportMetrics | null;
  readonly test: ReportMetrics | null;
  /** Seconds of training and validation, from the journal. */
  readonly seconds: NullableNumber;
  /** The trial whose network it continued. */
  readonly parent: NullableNumber;
  /** Why it was pruned, diverged or failed. */
  readonly reason: string | null;
  readonly history: ReportHistory;
}

/** The learning curve of a trial, after those of trials that it continues: one number per epoch. */
export interface ReportHistory {
  readonly epoch: readonly number[];
  readonly trainLoss: readonly NullableNumber[];
  readonly trainAccuracy: readonly NullableNumber[];
  /** Empty if no images were held out. */
  readonly validationLoss: readonly NullableNumber[];
  readonly validationAccuracy: readonly NullableNumber[];
}
