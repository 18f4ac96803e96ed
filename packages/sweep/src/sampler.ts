import { asKind, type Definition } from "@nn/catalog";
import type { Rng } from "@nn/tensor";
import type { Static, TObject } from "typebox";
import type { Assignment, Domains } from "./space/domain.ts";
import type { Problem } from "./problem.ts";
import type { Condition } from "./space/space.ts";

/**
 * A sampler: one file in samplers/ that exports one of these, made by `defineSampler` or
 * `defineAdaptiveSampler`.
 */
export type SamplerDefinition<Options extends TObject = TObject> =
  | FixedSampler<Options>
  | AdaptiveSampler<Options>;

interface Sampler<Options extends TObject> extends Definition<Options> {
  /**
   * What it cannot do with domains that are valid by themselves. Paths lead from the `sweep` block, by names
   * of parameters.
   */
  check(domains: Domains, options: Static<Options>, conditions?: Conditions): Problem[];
}

/**
 * Parameter → where it exists; not there: in every trial. A sampler may give all of them a value all the
 * same: those that do not exist are taken out of what it proposes. Only one that must not propose a
 * combination twice needs to know.
 */
export type Conditions = Readonly<Record<string, Condition>>;

/** Knows all trials before the first runs. Pure: the same arguments, the same trials. */
export interface FixedSampler<Options extends TObject = TObject> extends Sampler<Options> {
  /**
   * Whether it proposes every combination there is, so that what a constraint excludes is left out; absent:
   * another takes its place, and there are as many.
   */
  readonly isWhole?: true;
  /**
   * The options of a sequence so many times as long, which begins as this one does: there, in place of what a
   * constraint excludes, all that follow move up. Absent: another combination takes its place alone.
   */
  longer?(options: Static<Options>, times: number): Static<Options>;
  /** The combinations to try, in order, after `check` found nothing. */
  propose(domains: Domains, options: Static<Options>, rng: Rng, conditions?: Conditions): Assignment[];
}

/**
 * Learns from the trials that have ended. It proposes a generation at a time, when all earlier ones have
 * ended, and from nothing else: it keeps no state, so that who finished first changes nothing, and a sweep
 * that was killed resumes from its journal alone.
 */
export interface AdaptiveSampler<Options extends TObject = TObject> extends Sampler<Options> {
  /**
   * That its proposals go on with networks of earlier ones, each for a part of a training: then it decides
   * itself who is trained on.
   */
  readonly continuesTrainings?: true;
  /** What it cannot do with trainings of so many epochs. Paths lead from the `sweep` block. */
  checkLength?(options: Static<Options>, epochs: number): Problem[];
  /**
   * What its options make of a sweep of so many combinations, where that may be a slip and may be meant:
   * sentences without their dots.
   */
  notices?(options: Static<Options>, domains: Domains, count: number): string[];
  /**
   * How many combinations each generation has, from the first: known before anything runs. `epochs`: of a
   * whole training.
   */
  generations(options: Static<Options>, epochs: number, domains: Domains): number[];
  /**
   * The `count` combinations of the generation that comes after `history`, in order. A parameter that did not
   * exist in an earlier trial has no value there.
   */
  proposeNext(
    domains: Domains,
    options: Static<Options>,
    rng: Rng,
    history: TrialHistory,
    count: number,
    conditions?: Conditions,
  ): Proposal[];
}

/** A combination to try. Mostly it is trained from new weights, to the end. */
export interface Proposal {
  readonly parameters: Assignment;
  /** The place in the history, from 0, of the one whose network it continues. */
  readonly from?: number;
  /**
   * After which epoch, counted from the first of the one it continues, its training ends; absent: the last
   * one.
   */
  readonly until?: number;
}

/** What was proposed in all earlier generations, in that order, with what came of it. */
export type TrialHistory = readonly FinishedTrial[];

/** A combination of values that was tried, and its objective. */
export interface FinishedTrial {
  readonly parameters: Assignment;
  /** Smaller is better, whatever the goal: `objectiveOf`. Undefined where training failed or diverged. */
  readonly objective: number | undefined;
  /** Where a pruner stopped it: after how many epochs; its objective is that of the last of them. */
  readonly prunedAfter?: number;
}

/** Gives `check` and `propose` the type of the options its schema describes. */
export function defineSampler<Options extends TObject>(
  definition: FixedSampler<Options>,
): FixedSampler<Options> {
  return asKind("sampler", definition);
}

/** Gives `check`, `generations` and `proposeNext` the type of the options its schema describes. */
export function defineAdaptiveSampler<Options extends TObject>(
  definition: AdaptiveSampler<Options>,
): AdaptiveSampler<Options> {
  return asKind("sampler", definition);
}
