import type { Rng } from "@nn/tensor";
import { Type } from "typebox";
import { canonical } from "../space/canonical.ts";
import type { Assignment, Domains } from "../space/domain.ts";
import { draw } from "./shared/draw.ts";
import { logExpectedImprovement } from "./gp/expected-improvement.ts";
import { sortTrials } from "./shared/sort-trials.ts";
import { generationOptions, generationsOfSize, startupOption } from "./shared/generation-options.ts";
import { GaussianProcess } from "./gp/gaussian-process.ts";
import { maximizeLikelihood } from "./gp/likelihood.ts";
import { maximizeAcquisition } from "./gp/maximize-acquisition.ts";
import type { Point } from "./gp/matern.ts";
import { SearchSpaceEncoding } from "./gp/search-space-encoding.ts";
import { defineAdaptiveSampler, type TrialHistory } from "../sampler.ts";
import type { Dimension } from "../space/dimension.ts";
import { noticeUnlearned } from "./shared/unlearned.ts";
import { powerTransform } from "./gp/power-transform.ts";
import { sobol } from "./sobol.ts";

/**
 * Bayesian optimization with a Gaussian process (Snoek, Larochelle & Adams 2012): Matérn's kernel with a
 * length scale for each parameter, chosen with the noise by their likelihood; tried is where the expected
 * improvement is largest. It begins with the points of sobol.
 *
 * - Costs are warped first, so that a few very large ones don't hide what the others say.
 * - What does not exist in a trial is nowhere seen (`SearchSpaceEncoding`), and nothing that was tried is
 *   proposed again while there is something else.
 * - A trial without an objective counts as worse than the worst, one that was pruned as the median at best.
 * - Within a generation, what has been proposed counts with the objective that is expected of it (kriging
 *   believer; Ginsbourger 2010).
 * - Its work grows with the cube of the trials it knows: beyond `mostKnown` it knows the better half of them,
 *   and of the others as many, evenly
 *   spread over time; length scales are chosen by `mostWeighed`.
 */
export const gp = defineAdaptiveSampler({
  type: "gp",
  description:
    "Learns a map of the costs and how sure it is of it, and looks where most may be gained: a Gaussian " +
    "process with expected improvement. For few, long trials; some ten milliseconds of thought for each.",
  options: Type.Object({
    ...generationOptions,
    startup: startupOption("goes through the points of sobol"),
  }),

  check: (domains, { startup }) => sobol.check(domains, { trials: startup, scramble: true }),

  notices: (options, _domains, count) => noticeUnlearned("gp", options, count),

  generations: ({ trials, generation }) => generationsOfSize(trials, generation),

  proposeNext(domains, { startup }, rng, history, count, conditions = {}) {
    if (history.length < startup) {
      const points = sobol.propose(domains, { trials: history.length + count, scramble: true }, rng);
      return points.slice(history.length).map((parameters) => ({ parameters }));
    }
    const space = new SearchSpaceEncoding(domains, conditions);
    const known = thin(history);
    const targets = powerTransform(costsOf(known));
    const places = known.map((ended) => space.of(ended.parameters));
    const model = fit(places, targets, space.sides);
    const means = places.map((place) => model.predict(place).mean);
    let least = means.reduce((a, b) => Math.min(a, b));
    const best = [...means.keys()].toSorted((a, b) => means[a]! - means[b]!).slice(0, 5);
    const starts = best.map((index) => places[index]!);

    const tried = new Set(history.map((ended) => canonical(ended.parameters)));
    return Array.from({ length: count }, (_, index) => {
      const stream = rng.fork("gp").fork(history.length + index);
      const found = maximizeAcquisition(space.sides, starts, stream, (place) =>
        logExpectedImprovement(model.predict(space.settled(place)), least),
      ).map((place) => space.at(place));
      // What was tried would come out the same again; where all is known, by chance.
      const isNew = (each: Assignment): boolean => !tried.has(canonical(each));
      const next = found.find(isNew) ?? byChance(domains, space, stream, isNew);
      const place = space.of(next);
      const { mean } = model.predict(place);
      model.add(place, mean);
      least = Math.min(least, mean);
      tried.add(canonical(next));
      return { parameters: next };
    });
  },
});

/**
 * So many trials a proposal is computed from: with these, 25 to 40 ms. Half as many leave twice the regrets
 * after 220 trials.
 */
const mostKnown = 256;
/** So often one is drawn by chance before one that was tried will do. */
const drawsByChance = 100;
/** So many the likelihood is computed of. */
const mostWeighed = 64;

/** `mostKnown` trials of a longer history: the best half and, of the others, every k-th. In their order. */
function thin(history: TrialHistory): TrialHistory {
  if (history.length <= mostKnown) return history;
  const half = mostKnown / 2;
  const order = sortTrials(history);
  const others = order.slice(half).toSorted((a, b) => a - b);
  const kept = new Set(order.slice(0, half));
  for (let i = 0; i < half; i++) kept.add(others[Math.floor((i * others.length) / half)]!);
  return history.filter((_, index) => kept.has(index));
}

/**
 * An objective for each: what pruned and failed trials count as, failed ones as far above the worst as that
 * is above the least.
 */
function costsOf(history: TrialHistory): number[] {
  const completed = history
    .filter(({ objective, prunedAfter }) => objective !== undefined && prunedAfter === undefined)
    .map(({ objective }) => objective!)
    .toSorted((a, b) => a - b);
  const median = completed[Math.floor(completed.length / 2)] ?? -Infinity;
  const seen = history.map(({ objective, prunedAfter }) =>
    objective === undefined || prunedAfter === undefined ? objective : Math.max(objective, median),
  );
  const some = seen.filter((objective) => objective !== undefined);
  const [least, worst] = [
    some.reduce((a, b) => Math.min(a, b), Infinity),
    some.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  const failed = some.length === 0 ? 0 : worst + (worst - least || 1);
  return seen.map((objective) => objective ?? failed);
}

/**
 * A process that knows all places; its length scales come from `mostWeighed` of them, spread evenly from the
 * best to the worst.
 */
function fit(places: readonly Point[], targets: Float64Array, sides: readonly Dimension[]): GaussianProcess {
  const ordered = sides.map((side) => side.ordered);
  const order = [...targets.keys()].toSorted((a, b) => targets[a]! - targets[b]! || a - b);
  const step = Math.max(1, order.length / mostWeighed);
  const weighed = Array.from(
    { length: Math.min(order.length, mostWeighed) },
    (_, i) => order[Math.floor(i * step)]!,
  );
  const model = new GaussianProcess(
    ordered,
    maximizeLikelihood(
      weighed.map((index) => places[index]!),
      Float64Array.from(weighed, (index) => targets[index]!),
      ordered,
    ),
  );
  for (const [index, place] of places.entries()) model.add(place, targets[index]!);
  return model;
}

/** A combination by chance, where it can one that was not tried. */
function byChance(
  domains: Domains,
  space: SearchSpaceEncoding,
  rng: Rng,
  isNew: (assignment: Assignment) => boolean,
): Assignment {
  const streams = Object.entries(domains).map(([name, domain]) => [name, domain, rng.fork(name)] as const);
  for (let left = drawsByChance; ; left--) {
    const drawn = space.existing(
      Object.fromEntries(streams.map(([name, domain, stream]) => [name, draw(domain, stream)])),
    );
    if (left <= 1 || isNew(drawn)) return drawn;
  }
}
