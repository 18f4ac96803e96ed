import { markDefinition, type Definition } from "@nn/catalog";
import type { Rng } from "@nn/tensor";
import type { Static, TObject } from "typebox";
import type { ParameterValues, Domains } from "./space/domain.ts";
import type { Problem } from "./problem.ts";
import type { Condition } from "./space/space.ts";

/** A sampler. Each file in samplers/ exports one, made by `defineSampler` or `defineAdaptiveSampler`. */
export type SamplerDefinition<Options extends TObject = TObject> =
  | FixedSampler<Options>
  | AdaptiveSampler<Options>;

interface Sampler<Options extends TObject> extends Definition<Options> {
  /**
   * Returns the problems that this sampler has with these domains and options. The domains may be invalid;
   * `checkDomain` reports that. Paths start at the `sweep` block and use parameter names.
   */
  check(domains: Domains, options: Static<Options>, conditions?: Conditions): Problem[];
}

/**
 * Maps a parameter to the condition under which it exists. A parameter without an entry exists in every
 * trial. A sampler may propose a value for every parameter: values of parameters that do not exist in a trial
 * are removed. Only a sampler that must not repeat a combination needs the conditions.
 */
export type Conditions = Readonly<Record<string, Condition>>;

/**
 * A sampler that proposes all trials before the first one runs. It has no state: the same arguments give the
 * same trials.
 */
export interface FixedSampler<Options extends TObject = TObject> extends Sampler<Options> {
  /**
   * Whether the sampler proposes every combination. If so, combinations that violate a constraint are left
   * out. Otherwise, they are replaced by others, so the number of trials stays the same.
   */
  readonly isExhaustive?: true;
  /**
   * Returns options for a sequence that is `times` times as long and begins with the same combinations. If a
   * sampler has this function, combinations that violate a constraint are replaced by later ones of the
   * longer sequence. Otherwise, they are replaced by random combinations.
   */
  lengthen?(options: Static<Options>, times: number): Static<Options>;
  /** Returns the combinations to try, in order. The domains must have passed `check`. */
  propose(domains: Domains, options: Static<Options>, rng: Rng, conditions?: Conditions): ParameterValues[];
}

/**
 * A sampler that learns from finished trials. It proposes one generation at a time, once all trials of
 * earlier generations have ended. It keeps no state between calls. Its proposals therefore do not depend on
 * the order in which trials finish, and an interrupted sweep can resume from its journal.
 */
export interface AdaptiveSampler<Options extends TObject = TObject> extends Sampler<Options> {
  /**
   * Whether its proposals continue the networks of earlier trials, each for some of the epochs. Such a
   * sampler decides itself which networks continue.
   */
  readonly continuesNetworks?: true;
  /**
   * Returns the problems of the options if trials train for `epochs` epochs. Paths start at the `sweep`
   * block.
   */
  checkEpochs?(options: Static<Options>, epochs: number): Problem[];
  /**
   * Returns notices about likely mistakes in the options, for a sweep of `count` combinations. A notice is a
   * sentence without its final period.
   */
  notices?(options: Static<Options>, domains: Domains, count: number): string[];
  /**
   * Returns the number of combinations in each generation. It must be known before any trial runs. `epochs`
   * is the number of epochs of a trial that is not stopped early.
   */
  generations(options: Static<Options>, epochs: number, domains: Domains): number[];
  /**
   * Returns the `count` combinations of the generation after `history`, in order. A trial of the history has
   * no value for a parameter that did not exist in it.
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

/**
 * A combination to try. By default, the trial starts from newly initialized weights and trains for all
 * epochs.
 */
export interface Proposal {
  readonly parameters: ParameterValues;
  /** Index in the history of the trial whose network this one continues. */
  readonly from?: number;
  /**
   * Epoch after which the trial ends, counted from the first epoch of the network that it continues. If
   * absent, the trial ends after the last epoch.
   */
  readonly until?: number;
}

/** The trials of all earlier generations, in the order in which they were proposed, with their results. */
export type TrialHistory = readonly FinishedTrial[];

/** A combination of values that was tried, and its objective. */
export interface FinishedTrial {
  readonly parameters: ParameterValues;
  /** Smaller is better, for either goal (`toObjective`). Undefined if training failed or diverged. */
  readonly objective: number | undefined;
  /**
   * Number of epochs after which a pruner stopped the trial. Absent if the trial was not pruned. `objective`
   * is that of the last of these epochs.
   */
  readonly prunedAfter?: number;
}

/**
 * Defines a fixed sampler. The option types of `check` and `propose` follow from the schema of its options.
 */
export function defineSampler<Options extends TObject>(
  definition: FixedSampler<Options>,
): FixedSampler<Options> {
  return markDefinition("sampler", definition);
}

/** Defines an adaptive sampler. The option types of its functions follow from the schema of its options. */
export function defineAdaptiveSampler<Options extends TObject>(
  definition: AdaptiveSampler<Options>,
): AdaptiveSampler<Options> {
  return markDefinition("sampler", definition);
}
