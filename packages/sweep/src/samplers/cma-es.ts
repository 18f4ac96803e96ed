import { log, type Rng } from "@nn/tensor";
import { Type } from "typebox";
import { drawMirroredOrthogonal } from "./cma-es/directions.ts";
import type { ParameterValues, Domains, SweptValue } from "../space/domain.ts";
import { CategoricalDistribution } from "./cma-es/categorical-distribution.ts";
import { SearchDistribution } from "./cma-es/search-distribution.ts";
import { compareTrials } from "./shared/argsort-trials.ts";
import { generationOptions, computeGenerationSizes } from "./shared/generation-options.ts";
import { defineAdaptiveSampler, type FinishedTrial, type TrialHistory } from "../sampler.ts";
import { toDimension, type Interval, type Dimension } from "../space/dimension.ts";

/**
 * Covariance matrix adaptation evolution strategy (Hansen 2016, arXiv 1604.00772) in the unit cube. A
 * generation is a population. The initial mean is the center of the cube, and the initial standard deviation
 * is a sixth of each dimension (as in Optuna).
 *
 * It differs from the tutorial in these points, which improve sweeps of a few hundred trials. Each number in
 * parentheses is the factor by which a change multiplies the median regrets after 100 trials on the functions
 * of bench/development.ts (geometric mean):
 *
 * - The points of a population are mirrored and orthogonal (`drawMirroredOrthogonal`; 0.5).
 * - A point outside the cube is moved to the bound instead of being drawn again (0.7: less than a fifth if
 *   the optimum is at a bound, no change elsewhere).
 * - The step size changes faster (`damping`; 0.85).
 * - In a dimension of ordered values (integers, steps), the coordinate of a value is the middle of its
 *   interval. The standard deviation stays large enough that neighbouring values are still drawn (the purpose
 *   of the margin of Hamano et al. 2022).
 * - The entries of a list have no order. Each has a probability, which moves towards the entries of the
 *   better half (`CategoricalDistribution`). Each entry keeps a minimum probability of being drawn.
 * - Trials with equal objectives share the mean of their ranks. Trials without an objective come last and
 *   share theirs. If all trials of a population are equal, nothing changes.
 * - Once the distribution has shrunk to a point, it restarts around a random point.
 *
 * It keeps no state between generations: each call recomputes everything from the history.
 */
export const cmaEs = defineAdaptiveSampler({
  type: "cma-es",
  description:
    "Moves a normal distribution towards the better half of each generation and learns its shape. Use it " +
    "for a few hundred trials of numeric parameters.",
  example: "{ type: cma-es, trials: 200 }",
  paper: "Hansen 2016, The CMA evolution strategy: a tutorial",
  options: Type.Object({
    trials: generationOptions.trials,
    population: Type.Optional(
      Type.Integer({
        minimum: 4,
        maximum: 1000,
        description:
          "Number of trials per generation. They are proposed together after all earlier trials have " +
          "ended, and can run in parallel. Default: 4 + ⌊3·ln(number of parameters)⌋, such as 8 for " +
          "5 parameters.",
      }),
    ),
  }),

  check: () => [],

  notices({ population }, domains, count) {
    const size = population ?? usualPopulation(Object.keys(domains).length);
    if (size < count) return [];
    return [
      `the sampler cma-es learns nothing in this sweep: it starts after ` +
        `a population of ${size}, and there are ${count} combinations`,
    ];
  },

  generations({ trials, population }, _epochs, domains) {
    const size = population ?? usualPopulation(Object.keys(domains).length);
    return computeGenerationSizes(trials, size);
  },

  proposeNext(domains, { population }, rng, history, count) {
    const size = population ?? usualPopulation(Object.keys(domains).length);
    const search = new Search(domains, size, rng.fork("cma-es"));
    for (let from = 0; from + size <= history.length; from += size) {
      search.learn(history.slice(from, from + size));
    }
    const drawn = search.draw(count, rng.fork("cma-es").fork(history.length));
    return drawn.map((parameters) => ({ parameters }));
  },
});

/** Returns the default population size of Hansen 2016, table 1. */
function usualPopulation(dimensions: number): number {
  return 4 + Math.floor(3 * log(Math.max(1, dimensions)));
}

/** Initial standard deviation of the distribution, as a fraction of a dimension. */
const firstDeviation = 1 / 6;
/**
 * Damping of the step size. The tutorial has 1, for thousands of trials. With values below 0.3, mixed spaces
 * lose as much as other spaces gain.
 */
const damping = 0.3;
/**
 * Minimum standard deviation, as a fraction of the width of a value's interval. Around the middle of an
 * interval, 5 of 100 draws then fall into neighbouring intervals.
 */
const minShare = 0.25;
/**
 * A distribution narrower than this in every dimension counts as a point: values are rounded to six digits.
 */
const narrow = 1e-6;

interface OrderedDimension {
  readonly path: string;
  readonly dimension: Dimension;
  /** Minimum standard deviation with which it is drawn. */
  readonly minDeviation: number;
}

interface ListDimension {
  readonly path: string;
  readonly dimension: Dimension;
  readonly entries: CategoricalDistribution;
}

/** The distribution from which the next combinations are drawn. */
class Search {
  readonly #rng: Rng;
  readonly #population: number;
  readonly #paths: readonly string[];
  readonly #ordered: readonly OrderedDimension[];
  readonly #lists: readonly ListDimension[];
  #distribution: SearchDistribution;
  #restarts = 0;

  constructor(domains: Domains, population: number, rng: Rng) {
    this.#rng = rng;
    this.#population = population;
    this.#paths = Object.keys(domains);
    const dimensions = Object.entries(domains).map(([path, domain]) => ({
      path,
      dimension: toDimension(domain),
    }));
    const isOrdered = (dimension: Dimension): boolean => dimension.ordered && dimension.size !== 1;
    this.#ordered = dimensions
      .filter(({ dimension }) => isOrdered(dimension))
      .map(({ path, dimension }) => ({
        path,
        dimension,
        minDeviation: minShare / (dimension.size ?? Infinity),
      }));
    this.#lists = dimensions
      .filter(({ dimension }) => !isOrdered(dimension))
      .map(({ path, dimension }) => ({
        path,
        dimension,
        entries: new CategoricalDistribution(dimension.size ?? 1),
      }));
    const middles = this.#ordered.map(() => 1 / 2);
    this.#distribution = new SearchDistribution(middles, firstDeviation, population, damping);
  }

  /** Draws a population, or its first `count` combinations. */
  draw(count: number, rng: Rng): ParameterValues[] {
    const directions = drawMirroredOrthogonal(this.#ordered.length, count, rng.fork("directions"));
    return directions.map((direction, index) => {
      const point = this.#toPoint(direction);
      const entries = rng.fork("entries").fork(index);
      const drawn = new Map<string, SweptValue>([
        ...this.#ordered.map(({ path, dimension }, i) => [path, dimension.value(point[i]!)] as const),
        ...this.#lists.map(
          (list) => [list.path, list.dimension.value(middleOf(list, list.entries.draw(entries)))] as const,
        ),
      ]);
      return Object.fromEntries(this.#paths.map((path) => [path, drawn.get(path)!]));
    });
  }

  /**
   * Returns m + σ·B·D·z, clipped to the cube. In each dimension, the standard deviation is at least the
   * minimum.
   */
  #toPoint(z: Float64Array): number[] {
    const { mean, step } = this.#distribution;
    const deviations = this.#distribution.deviations();
    return Array.from(this.#distribution.transform(z), (y, i) => {
      const wider = Math.max(1, this.#ordered[i]!.minDeviation / deviations[i]!);
      return Math.min(Math.max(mean[i]! + step * y * wider, 0), 1 - 2 ** -53);
    });
  }

  learn(generation: TrialHistory): void {
    // If all trials are equal, there is no better half: lists would learn the random draws, and the mean
    // would be 0/0.
    if (generation.every((ended) => compareTrials(ended, generation[0]!) === 0)) return;
    const ranks = generation.map((ended) => meanRank(ended, generation));
    // A parameter that did not exist in a trial is set to the mean, so that it has no effect.
    const points = generation.map(({ parameters }) =>
      Float64Array.from(this.#ordered, ({ path, dimension }, i) =>
        parameters[path] === undefined
          ? this.#distribution.mean[i]!
          : middle(dimension.interval(parameters[path])),
      ),
    );
    this.#distribution.tell(points, ranks);
    this.#distribution.step = Math.min(this.#distribution.step, 1);
    this.#learnLists(generation, ranks);
    this.#beginAnewFromPoint();
  }

  #learnLists(generation: TrialHistory, ranks: readonly number[]): void {
    const half = this.#population / 2;
    const better = generation.filter((_, index) => ranks[index]! < half);
    for (const { path, dimension, entries } of this.#lists) {
      const values = better.map(({ parameters }) => parameters[path]).filter((value) => value !== undefined);
      entries.learn(
        values.map((value) => Math.floor(middle(dimension.interval(value)) * (dimension.size ?? 1))),
        half,
      );
    }
  }

  #beginAnewFromPoint(): void {
    const deviations = this.#distribution.deviations();
    const isPoint = deviations.every(
      (deviation, i) => deviation < Math.max(narrow, this.#ordered[i]!.minDeviation / 10),
    );
    if (!isPoint || deviations.length === 0) return;
    const stream = this.#rng.fork("restart").fork(this.#restarts++);
    this.#distribution = new SearchDistribution(
      this.#ordered.map(() => stream.uniform()),
      firstDeviation,
      this.#population,
      damping,
    );
  }
}

/** Returns the rank of a trial, from 0 for the best. Tied trials get the mean of their ranks. */
function meanRank(ended: FinishedTrial, generation: TrialHistory): number {
  const compared = generation.map((other) => compareTrials(other, ended));
  const equals = compared.filter((order) => order === 0).length;
  return compared.filter((order) => order < 0).length + (equals - 1) / 2;
}

function middle({ from, to }: Interval): number {
  return (from + to) / 2;
}

/** Returns the middle of the interval of a list entry. */
function middleOf({ dimension }: ListDimension, entry: number): number {
  return (entry + 1 / 2) / (dimension.size ?? 1);
}
