import { asKind, type Definition } from "@nn/catalog";
import type { Rng } from "@nn/tensor";
import type { Static, TObject } from "typebox";
import type { Assignment, Domains } from "./space/domain.ts";
import type { Problem } from "./problem.ts";
import type { Condition } from "./space/space.ts";

/** A sampler. Each file in samplers/ exports one, made by `defineSampler` or `defineAdaptiveSampler`. */
export type SamplerDefinition<Options extends TObject = TObject> =
  | FixedSampler<Options>
  | AdaptiveSampler<Options>;

interface Sampler<Options extends TObject> extends Definition<Options> {
  /**
   * Returns the problems of this sampler with domains that are valid in themselves. Paths start at the
   * `sweep` block and use parameter names.
   */
  check(domains: Domains, options: Static<Options>, conditions?: Conditions): Problem[];
}

/**
 * Maps a parameter to the condition under which it exists; a parameter without an entry exists in every
 * trial. A sampler may still propose a value for every parameter: values of parameters that do not exist are
 * removed. Only a sampler that must not repeat a combination needs the conditions.
 */
export type Conditions = Readonly<Record<string, Condition>>;

/**
 * A sampler that proposes all trials before the first one runs. It is pure: the same arguments give the same
 * trials.
 */
export interface FixedSampler<Options extends TObject = TObject> extends Sampler<Options> {
  /**
   * Whether it proposes every combination. Combinations that violate a constraint are then left out. If
   * absent, they are replaced by others, so that the number of trials stays the same.
   */
  readonly isWhole?: true;
  /**
   * Returns the options of a sequence that is `times` as long and begins with the same combinations. With it,
   * later combinations of the sequence move up in place of those that violate a constraint. Without it, each
   * of these is replaced by a random combination.
   */
  longer?(options: Static<Options>, times: number): Static<Options>;
  /** Returns the combinations to try, in order. The domains must have passed `check`. */
  propose(domains: Domains, options: Static<Options>, rng: Rng, conditions?: Conditions): Assignment[];
}

/**
 * A sampler that learns from finished trials. It proposes one generation at a time, when all trials of
 * earlier generations have ended. It keeps no state, so the order in which trials finish changes nothing, and
 * a killed sweep resumes from its journal alone.
 */
export interface AdaptiveSampler<Options extends TObject = TObject> extends Sampler<Options> {
  /**
   * Whether its proposals continue networks of earlier ones, each for part of a training. Such a sampler
   * decides itself which networks train further.
   */
  readonly continuesTrainings?: true;
  /** Returns the problems with trainings of this many epochs. Paths start at the `sweep` block. */
  checkLength?(options: Static<Options>, epochs: number): Problem[];
  /**
   * Returns notices on options that may be a mistake in a sweep of `count` combinations, as sentences without
   * a final period.
   */
  notices?(options: Static<Options>, domains: Domains, count: number): string[];
  /**
   * Returns the number of combinations per generation, which is known before anything runs. `epochs` is the
   * number of epochs of a full training.
   */
  generations(options: Static<Options>, epochs: number, domains: Domains): number[];
  /**
   * Returns the `count` combinations of the generation after `history`, in order. A parameter that did not
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

/** A combination to try. By default it trains from new weights to the last epoch. */
export interface Proposal {
  readonly parameters: Assignment;
  /** Index in the history of the trial whose network it continues. */
  readonly from?: number;
  /**
   * Epoch after which its training ends, counted from the first epoch of the network that it continues. If
   * absent, it ends after the last epoch.
   */
  readonly until?: number;
}

/** The trials of all earlier generations, in the order in which they were proposed, with their results. */
export type TrialHistory = readonly FinishedTrial[];

/** A combination of values that was tried, and its objective. */
export interface FinishedTrial {
  readonly parameters: Assignment;
  /** Smaller is better, for either goal (`objectiveOf`). Undefined if training failed or diverged. */
  readonly objective: number | undefined;
  /** If a pruner stopped it: after how many epochs. Its objective is that of the last of these epochs. */
  readonly prunedAfter?: number;
}

/** Defines a fixed sampler. The schema of its options gives the option types of `check` and `propose`. */
export function defineSampler<Options extends TObject>(
  definition: FixedSampler<Options>,
): FixedSampler<Options> {
  return asKind("sampler", definition);
}

/** Defines an adaptive sampler. The schema of its options gives the option types of its functions. */
export function defineAdaptiveSampler<Options extends TObject>(
  definition: AdaptiveSampler<Options>,
): AdaptiveSampler<Options> {
  return asKind("sampler", definition);
}
