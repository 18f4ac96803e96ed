import { asKind, type Definition } from "@nn/catalog";
import type { Static, TObject } from "typebox";
import type { Problem } from "./problem.ts";
import type { Goal } from "./rank.ts";

/**
 * A pruner: one file in pruners/ that exports one of these, made by `definePruner`. It stops configurations
 * that are not worth the rest of their training.
 */
export interface PrunerDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /** What it stops, and what it makes of a configuration without an objective. */
  readonly description: string;
  /**
   * That what it says of a configuration may depend on later ones; absent: on those before it alone, so that
   * the first so many of a sweep end as they do where there are no others.
   */
  readonly needsLater?: true;
  /** What it cannot do with this course. Paths lead from the `pruner` block. */
  check(options: Static<Options>, course: PruningContext): Problem[];
  create(options: Static<Options>, course: PruningContext): Pruner;
}

/** What is known of a sweep before it begins. */
export interface PruningContext {
  /** Of a whole training. */
  readonly epochs: number;
  /**
   * How many configurations each generation has; mostly there is one. None of the next begins before all of
   * one have ended, so that nobody may wait for a later generation.
   */
  readonly generations: readonly number[];
  /** What is reported is an objective of this kind: an accuracy's objective is minus the accuracy. */
  readonly goal: Goal;
  /** The least and the greatest value that the metric can have, where that is known. */
  readonly reach?: readonly [least: number, most: number];
}

/**
 * Judges the configurations of one sweep, numbered from 0 in the order in which they were proposed. Its
 * verdicts depend on what was reported and not on the order in which that came: a verdict that needs others
 * is given when those have reported or ended. A killed sweep continues with a new one that is told
 * everything again, in any order in which each configuration's own reports ascend and its end is the last.
 * (One that promises less says so in its description, and must be told in the order in which it came.)
 */
export interface Pruner {
  /**
   * After which epochs a configuration stops and waits for a verdict: ascending, each before the last epoch.
   */
  rungs(configuration: number): readonly number[];
  /**
   * The configuration waits at the rung of this epoch, with this objective; undefined: it has none, or one
   * that is not finite. Returns every verdict that is now known, of this one and of those that waited.
   */
  report(configuration: number, epoch: number, objective: number | undefined): PruningDecision[];
  /**
   * The configuration has ended otherwise: completed, diverged or failed, where it did not wait for a
   * verdict. One that was stopped has not. Returns as `report`.
   */
  end(configuration: number): PruningDecision[];
}

/** Whether a configuration continues after a rung or is stopped there. */
export interface PruningDecision {
  readonly configuration: number;
  /** The rung. */
  readonly epoch: number;
  /** Or else it is stopped there. */
  readonly goesOn: boolean;
}

/** Gives `check` and `create` the type of the options its schema describes. */
export function definePruner<Options extends TObject>(
  definition: PrunerDefinition<Options>,
): PrunerDefinition<Options> {
  return asKind("pruner", definition);
}
