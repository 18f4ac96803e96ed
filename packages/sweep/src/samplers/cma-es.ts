import { log, type Rng } from "@nn/tensor";
import { Type } from "typebox";
import type { Assignment, Domains, SweptValue } from "../domain.ts";
import { Evolution } from "../evolution.ts";
import { compareEnded } from "../from-best.ts";
import { defineAdaptiveSampler, type Ended, type History } from "../sampler.ts";
import { sideOf, type Cell, type Side } from "../unit-cube.ts";

/**
 * Covariance matrix adaptation evolution strategy (Hansen 2016) in the unit cube: a generation is a population. It begins in the middle
 * with a sixth of each side as deviation (as Optuna does), and draws again what lies outside.
 *
 * - A side of values in order (whole numbers, steps) takes the middle of a value's part as its place, and its deviation never falls so low
 *   that neighbours are no longer tried (the purpose of the margin of Hamano et al. 2022).
 * - A list has no near and far: each of its entries has a probability, which moves towards the entries of the better half (Baluja 1994) and
 *   never falls to nothing.
 * - Trials without a cost come last, and share their ranks; so do equals. A population without any cost teaches nothing.
 * - Once the distribution has shrunk to a point, it begins anew, around a place by chance.
 *
 * Nothing is kept from one generation to the next: all is computed again from the history.
 */
export const cmaEs = defineAdaptiveSampler({
  type: "cma-es",
  description:
    "Moves a normal distribution towards the better half of each generation, and learns its shape: the covariance matrix adaptation evolution strategy. For some hundred trials of numbers.",
  options: Type.Object({
    trials: Type.Integer({ minimum: 1, maximum: 10_000, description: "How many combinations in all." }),
    population: Type.Optional(
      Type.Integer({
        minimum: 4,
        maximum: 1000,
        description:
          "How many are proposed at a time, when all before have ended: so many can run at once. Without it 4 and three times the logarithm of the number of parameters, such as 8 for 5.",
      }),
    ),
  }),

  check: () => [],

  notices({ population }, domains, count) {
    const size = population ?? usualPopulation(Object.keys(domains).length);
    if (size < count) return [];
    return [
      `the sampler cma-es learns nothing in this sweep: it begins to after a population of ${size}, and there are ${count} combinations`,
    ];
  },

  generations({ trials, population }, _epochs, domains) {
    const size = population ?? usualPopulation(Object.keys(domains).length);
    return Array.from({ length: Math.ceil(trials / size) }, (_, index) =>
      Math.min(size, trials - index * size),
    );
  },

  proposeNext(domains, { population }, rng, history, count) {
    const size = population ?? usualPopulation(Object.keys(domains).length);
    const search = new Search(domains, size, rng.fork("cma-es"));
    for (let from = 0; from + size <= history.length; from += size) {
      search.learn(history.slice(from, from + size));
    }
    return Array.from({ length: count }, (_, index) => ({
      parameters: search.draw(rng.fork("cma-es").fork(history.length + index)),
    }));
  },
});

/** Hansen 2016, table 1. */
function usualPopulation(dimensions: number): number {
  return 4 + Math.floor(3 * log(Math.max(1, dimensions)));
}

/** Of a side: how wide the distribution is at the beginning. */
const firstDeviation = 1 / 6;
/**
 * A sweep has some hundred trials, where the tutorial thinks of thousands: σ may change faster. With a damping of 1 the regrets after 100 trials were
 * 1.2 to 4 times as large on six functions that are not those of bench/samplers.ts.
 */
const damping = 1 / 2;
/** Of the part of a value: with this deviation around its middle, 5 of 100 draws are neighbours. */
const leastOfPart = 0.25;
/** A distribution this narrow on every side is a point: values are rounded to six digits. */
const narrow = 1e-6;
/** So often an entry of a list is drawn without regard to what was learned. */
const openness = 0.1;

interface OrderedSide {
  readonly path: string;
  readonly side: Side;
  /** The least deviation it is drawn with. */
  readonly least: number;
}

interface ListSide {
  readonly path: string;
  readonly side: Side;
  /** Of each entry; their sum is 1. */
  probabilities: readonly number[];
}

/** The distribution that the next combinations are drawn from. */
class Search {
  readonly #rng: Rng;
  readonly #population: number;
  readonly #paths: readonly string[];
  readonly #ordered: readonly OrderedSide[];
  readonly #lists: readonly ListSide[];
  #evolution: Evolution;
  #restarts = 0;

  constructor(domains: Domains, population: number, rng: Rng) {
    this.#rng = rng;
    this.#population = population;
    this.#paths = Object.keys(domains);
    const sides = Object.entries(domains).map(([path, domain]) => ({ path, side: sideOf(domain) }));
    const isOrdered = (side: Side): boolean => side.ordered && side.size !== 1;
    this.#ordered = sides
      .filter(({ side }) => isOrdered(side))
      .map(({ path, side }) => ({ path, side, least: leastOfPart / (side.size ?? Infinity) }));
    this.#lists = sides
      .filter(({ side }) => !isOrdered(side))
      .map(({ path, side }) => ({ path, side, probabilities: evenly(side.size ?? 1) }));
    const middles = this.#ordered.map(() => 1 / 2);
    this.#evolution = new Evolution(middles, firstDeviation, population, damping);
  }

  draw(rng: Rng): Assignment {
    const place = this.#place(rng);
    const drawn = new Map<string, SweptValue>([
      ...this.#ordered.map(({ path, side }, i) => [path, side.value(place[i]!)] as const),
      ...this.#lists.map(({ path, side, probabilities }) => {
        const isOpen = rng.uniform() < openness;
        const entry = entryAt(isOpen ? evenly(probabilities.length) : probabilities, rng.uniform());
        return [path, side.value((entry + 1 / 2) / probabilities.length)] as const;
      }),
    ]);
    return Object.fromEntries(this.#paths.map((path) => [path, drawn.get(path)!]));
  }

  /** A draw within the cube; where many in vain lie outside, the last one moved to its bound. */
  #place(rng: Rng): number[] {
    const { mean, step } = this.#evolution;
    const widened = this.#evolution
      .deviations()
      .map((deviation, i) => Math.max(1, this.#ordered[i]!.least / deviation));
    for (let left = 10 * mean.length; ; left--) {
      const place = Array.from(this.#evolution.draw(rng), (y, i) => mean[i]! + step * y * widened[i]!);
      if (place.every((u) => u >= 0 && u < 1)) return place;
      if (left <= 0) return place.map((u) => Math.min(Math.max(u, 0), 1 - 2 ** -53));
    }
  }

  learn(generation: History): void {
    if (generation.every(({ cost }) => cost === undefined)) return;
    const ranks = generation.map((ended) => meanRank(ended, generation));
    // What did not exist in a trial tells nothing: it stays at the mean.
    const places = generation.map(({ parameters }) =>
      Float64Array.from(this.#ordered, ({ path, side }, i) =>
        parameters[path] === undefined ? this.#evolution.mean[i]! : middle(side.cell(parameters[path])),
      ),
    );
    this.#evolution.tell(places, ranks);
    this.#evolution.step = Math.min(this.#evolution.step, 1);
    this.#learnLists(generation, ranks);
    this.#beginAnewFromPoint();
  }

  /** p ← p + r·(share of the better half − p), the slower the more entries there are to tell apart. */
  #learnLists(generation: History, ranks: readonly number[]): void {
    const half = this.#population / 2;
    for (const list of this.#lists) {
      const better = generation.filter(
        ({ parameters }, index) => ranks[index]! < half && parameters[list.path] !== undefined,
      );
      if (better.length === 0) continue;
      const entries = list.probabilities.length;
      const rate = half / (half + 4 * entries);
      const at = better
        .filter(({ parameters }) => parameters[list.path] !== undefined)
        .map(({ parameters }) => Math.floor(middle(list.side.cell(parameters[list.path])) * entries));
      if (at.length === 0) continue;
      list.probabilities = list.probabilities.map((probability, entry) => {
        const share = at.filter((each) => each === entry).length / at.length;
        return probability + rate * (share - probability);
      });
    }
  }

  #beginAnewFromPoint(): void {
    const deviations = this.#evolution.deviations();
    const isPoint = deviations.every(
      (deviation, i) => deviation < Math.max(narrow, this.#ordered[i]!.least / 10),
    );
    if (!isPoint || deviations.length === 0) return;
    const stream = this.#rng.fork("restart").fork(this.#restarts++);
    this.#evolution = new Evolution(
      this.#ordered.map(() => stream.uniform()),
      firstDeviation,
      this.#population,
      damping,
    );
  }
}

/** From 0, the best; equals have the mean of their ranks. */
function meanRank(ended: Ended, generation: History): number {
  const compared = generation.map((other) => compareEnded(other, ended));
  const equals = compared.filter((order) => order === 0).length;
  return compared.filter((order) => order < 0).length + (equals - 1) / 2;
}

function middle({ from, to }: Cell): number {
  return (from + to) / 2;
}

function evenly(size: number): number[] {
  return Array.from({ length: size }, () => 1 / size);
}

/** The entry in whose part of [0, 1) u lies. */
function entryAt(probabilities: readonly number[], u: number): number {
  let left = u;
  const entry = probabilities.findIndex((probability) => (left -= probability) < 0);
  return entry === -1 ? probabilities.length - 1 : entry;
}
