import { asKind, type Definition } from "@nn/catalog";
import type { Static, TObject } from "typebox";
import type { Problem } from "./problem.ts";
import type { Goal } from "./rank.ts";

/**
 * A pruner: stops configurations that are not worth training to the end. Each file in pruners/ exports one,
 * made by `definePruner`.
 */
export interface PrunerDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /** Says what it stops and how it treats a configuration without an objective. */
  readonly description: string;
  /**
   * Whether a decision on a configuration may depend on later configurations. If absent, it depends only on
   * the configuration itself and on earlier ones, so the first n configurations of a sweep end the same
   * without the rest.
   */
  readonly needsLater?: true;
  /** Returns the problems of these options in this sweep. Paths start at the `pruner` block. */
  check(options: Static<Options>, course: PruningContext): Problem[];
  create(options: Static<Options>, course: PruningContext): Pruner;
}

/** What is known about a sweep before it begins. */
export interface PruningContext {
  /** Number of epochs of a full training. */
  readonly epochs: number;
  /**
   * Number of configurations per generation; usually there is a single generation. A generation begins only
   * when all configurations of the one before have ended, so no configuration may wait for a later
   * generation.
   */
  readonly generations: readonly number[];
  /**
   * Goal of the metric. Reported objectives follow from it (`objectiveOf`): the objective of an accuracy is
   * minus the accuracy.
   */
  readonly goal: Goal;
  /** Smallest and largest possible value of the metric, if known. */
  readonly reach?: readonly [least: number, most: number];
}

/**
 * Decides which configurations of one sweep continue. Configurations are numbered from 0 in the order in
 * which they were proposed. Decisions depend on what was reported, not on the order of arrival: a decision
 * that needs other configurations is returned when those have reported or ended. A killed sweep resumes with
 * a new pruner that gets all reports again, in any order in which each configuration's own reports ascend and
 * its end comes last. A pruner that depends on the order of arrival says so in its description and must get
 * the reports in that order.
 */
export interface Pruner {
  /**
   * Returns the epochs after which a configuration stops and waits for a decision: ascending, each before the
   * last epoch.
   */
  rungs(configuration: number): readonly number[];
  /**
   * Reports that the configuration waits at the rung of this epoch, with this objective; undefined if it has
   * none or one that is not finite. Returns all decisions that are now known, on this configuration and on
   * others that waited.
   */
  report(configuration: number, epoch: number, objective: number | undefined): PruningDecision[];
  /**
   * Reports that the configuration completed, diverged or failed while it was not waiting for a decision. It
   * is not called for a configuration that the pruner stopped. Returns all decisions that are now known.
   */
  end(configuration: number): PruningDecision[];
}

/** Whether a configuration continues after a rung or is stopped there. */
export interface PruningDecision {
  readonly configuration: number;
  /** The epoch of the rung. */
  readonly epoch: number;
  /** Whether it continues; otherwise it is stopped at this rung. */
  readonly goesOn: boolean;
}

/** Defines a pruner. The schema of its options gives the option types of `check` and `create`. */
export function definePruner<Options extends TObject>(
  definition: PrunerDefinition<Options>,
): PrunerDefinition<Options> {
  return asKind("pruner", definition);
}
