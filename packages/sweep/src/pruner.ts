import { markDefinition, type Definition } from "@nn/catalog";
import type { Static, TObject } from "typebox";
import type { Problem } from "./problem.ts";
import type { Goal } from "./rank.ts";

/**
 * A pruner, which stops unpromising configurations before their last epoch. Each file in pruners/ exports
 * one, made by `definePruner`.
 */
export interface PrunerDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /** Describes which configurations it stops, and how it treats a configuration without an objective. */
  readonly description: string;
  /**
   * Whether a decision on a configuration may depend on later configurations. If absent, it depends only on
   * the configuration itself and on earlier ones. The first n configurations of a sweep then end in the same
   * way, regardless of the configurations that follow.
   */
  readonly dependsOnLaterConfigurations?: true;
  /** Returns the problems of these options in this sweep. Paths start at the `pruner` block. */
  check(options: Static<Options>, context: PruningContext): Problem[];
  create(options: Static<Options>, context: PruningContext): Pruner;
}

/** The properties of a sweep that are known before it starts. */
export interface PruningContext {
  /** Number of epochs of a trial that is not stopped early. */
  readonly epochs: number;
  /**
   * Number of configurations in each generation; usually there is a single generation. A generation starts
   * only when all configurations of the previous one have ended. A decision must therefore not wait for a
   * later generation.
   */
  readonly generations: readonly number[];
  /**
   * Whether the metric is maximized or minimized. Reported objectives depend on it (`toObjective`): the
   * objective of an accuracy is the negated accuracy.
   */
  readonly goal: Goal;
  /** Range of the metric, if known. */
  readonly metricRange?: readonly [min: number, max: number];
}

/**
 * Decides which configurations of one sweep continue. Configurations are numbered from 0 in the order in
 * which they were proposed.
 *
 * Decisions depend on the content of the reports, not on the order in which they arrive. A decision that
 * depends on other configurations is returned once those have reported or ended. When a sweep resumes, a new
 * pruner receives all earlier reports again. The reports of one configuration arrive in the order of their
 * epochs, and its end comes last. Otherwise, the order is arbitrary.
 *
 * If a pruner depends on the order of arrival, its description states this. It must then receive the reports
 * in that order.
 */
export interface Pruner {
  /**
   * Returns the epochs after which a configuration pauses and waits for a decision, in ascending order. All
   * of them are before the last epoch.
   */
  rungs(configuration: number): readonly number[];
  /**
   * Reports that a configuration has reached the rung at `epoch` and waits there. `objective` is undefined if
   * it is not finite. Returns all decisions that are now possible, including those on other waiting
   * configurations.
   */
  report(configuration: number, epoch: number, objective: number | undefined): PruningDecision[];
  /**
   * Reports that a configuration completed, diverged or failed while it was not waiting for a decision. It is
   * not called for a configuration that the pruner stopped. Returns all decisions that are now possible.
   */
  end(configuration: number): PruningDecision[];
}

/** Whether a configuration continues after a rung or is stopped there. */
export interface PruningDecision {
  readonly configuration: number;
  /** The epoch of the rung. */
  readonly epoch: number;
  /** Whether the configuration continues. If not, it is stopped at this rung. */
  readonly continues: boolean;
}

/** Defines a pruner. The option types of `check` and `create` follow from the schema of its options. */
export function definePruner<Options extends TObject>(
  definition: PrunerDefinition<Options>,
): PrunerDefinition<Options> {
  return markDefinition("pruner", definition);
}
