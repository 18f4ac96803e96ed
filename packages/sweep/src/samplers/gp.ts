import type { Rng } from "@nn/tensor";
import { Type } from "typebox";
import { toCanonicalJson } from "../space/canonical.ts";
import type { ParameterValues, Domains } from "../space/domain.ts";
import { drawValue } from "./shared/draw.ts";
import { logExpectedImprovement } from "./gp/expected-improvement.ts";
import { argsortTrials } from "./shared/argsort-trials.ts";
import { generationOptions, computeGenerationSizes, startupOption } from "./shared/generation-options.ts";
import { GaussianProcess } from "./gp/gaussian-process.ts";
import { maximizeLikelihood } from "./gp/likelihood.ts";
import { maximizeAcquisition } from "./gp/maximize-acquisition.ts";
import type { Point } from "./gp/matern.ts";
import { SearchSpaceEncoding } from "./gp/search-space-encoding.ts";
import { defineAdaptiveSampler, type TrialHistory } from "../sampler.ts";
import type { Dimension } from "../space/dimension.ts";
import { getNoLearningNotices } from "./shared/no-learning-notice.ts";
import { powerTransform } from "./gp/power-transform.ts";
import { sobol } from "./sobol.ts";

/**
 * Bayesian optimization with a Gaussian process (Snoek, Larochelle & Adams 2012): Matérn's kernel with a
 * length scale per parameter. Length scales and noise are fitted by `maximizeLikelihood`. The point with the
 * largest expected improvement is proposed. Until `startup` trials have ended, it proposes the points of
 * `sobol`.
 *
 * - Objectives are transformed first, so that a few very large ones do not hide the differences between the
 *   others.
 * - A parameter that does not exist in a trial has a fixed coordinate (`SearchSpaceEncoding`). No combination
 *   is proposed again as long as a new one is found.
 * - A trial without an objective counts as worse than all others. A pruned trial counts as no better than the
 *   median of the completed ones.
 * - Within a generation, earlier proposals count as trials with their expected objective (kriging believer;
 *   Ginsbourger 2010).
 * - The computation grows with the cube of the number of trials. If there are more than `maxTrials`, it uses
 *   the best `maxTrials` / 2 and as many of the others, evenly spread over time. Length scales are fitted to
 *   at most `maxFitted` trials.
 */
export const gp = defineAdaptiveSampler({
  type: "gp",
  description:
    "Bayesian optimization: models the objective with a Gaussian process and tries the point with the " +
    "largest expected improvement. Use it for few, long trials. A proposal takes up to 40 ms.",
  example: "{ type: gp, trials: 40 }",
  paper: "Snoek, Larochelle & Adams 2012, Practical Bayesian optimization of machine learning algorithms",
  options: Type.Object({
    ...generationOptions,
    startup: startupOption("tries the points of sobol"),
  }),

  check: (domains, { startup }) => sobol.check(domains, { trials: startup, scramble: true }),

  notices: (options, _domains, count) => getNoLearningNotices("gp", options, count),

  generations: ({ trials, generation }) => computeGenerationSizes(trials, generation),

  proposeNext(domains, { startup }, rng, history, count, conditions = {}) {
    if (history.length < startup) {
      const initial = sobol.propose(domains, { trials: history.length + count, scramble: true }, rng);
      return initial.slice(history.length).map((parameters) => ({ parameters }));
    }
    const space = new SearchSpaceEncoding(domains, conditions);
    const known = subsample(history);
    const targets = powerTransform(imputeObjectives(known));
    const points = known.map((ended) => space.encode(ended.parameters));
    const model = fit(points, targets, space.dimensions);
    const means = points.map((point) => model.predict(point).mean);
    let bestMean = means.reduce((a, b) => Math.min(a, b));
    const bestTrials = [...means.keys()].toSorted((a, b) => means[a]! - means[b]!).slice(0, 5);
    const starts = bestTrials.map((index) => points[index]!);

    const tried = new Set(history.map((ended) => toCanonicalJson(ended.parameters)));
    return Array.from({ length: count }, (_, index) => {
      const stream = rng.fork("gp").fork(history.length + index);
      const found = maximizeAcquisition(space.dimensions, starts, stream, (point) =>
        logExpectedImprovement(model.predict(space.canonicalize(point)), bestMean),
      ).map((point) => space.decode(point));
      // A combination that was tried would give the same result. If all candidates were tried, draw at
      // random.
      const isNew = (each: ParameterValues): boolean => !tried.has(toCanonicalJson(each));
      const next = found.find(isNew) ?? drawRandomCombination(domains, space, stream, isNew);
      const point = space.encode(next);
      const { mean } = model.predict(point);
      model.add(point, mean);
      bestMean = Math.min(bestMean, mean);
      tried.add(toCanonicalJson(next));
      return { parameters: next };
    });
  },
});

/**
 * Maximum number of trials from which a proposal is computed. A proposal then takes 25 to 40 ms. With half as
 * many trials, the regrets after 220 trials are twice as large.
 */
const maxTrials = 256;
/** Maximum number of random draws. The last one is accepted even if it was tried before. */
const maxRandomDraws = 100;
/** Maximum number of trials from which the likelihood is computed. */
const maxFitted = 64;

/**
 * Reduces a history to at most `maxTrials` trials, in their order. Half of these are the best trials; the
 * others are evenly spread over the rest.
 */
function subsample(history: TrialHistory): TrialHistory {
  if (history.length <= maxTrials) return history;
  const half = maxTrials / 2;
  const order = argsortTrials(history);
  const others = order.slice(half).toSorted((a, b) => a - b);
  const kept = new Set(order.slice(0, half));
  for (let i = 0; i < half; i++) kept.add(others[Math.floor((i * others.length) / half)]!);
  return history.filter((_, index) => kept.has(index));
}

/**
 * Returns an objective for each trial. That of a pruned trial is at least the median of the completed ones.
 * That of a failed trial is as far above the worst of the others as the worst is above the best.
 */
function imputeObjectives(history: TrialHistory): number[] {
  const completed = history
    .filter(({ objective, prunedAfter }) => objective !== undefined && prunedAfter === undefined)
    .map(({ objective }) => objective!)
    .toSorted((a, b) => a - b);
  const median = completed[Math.floor(completed.length / 2)] ?? -Infinity;
  const seen = history.map(({ objective, prunedAfter }) =>
    objective === undefined || prunedAfter === undefined ? objective : Math.max(objective, median),
  );
  const some = seen.filter((objective) => objective !== undefined);
  const [best, worst] = [
    some.reduce((a, b) => Math.min(a, b), Infinity),
    some.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  const failed = some.length === 0 ? 0 : worst + (worst - best || 1);
  return seen.map((objective) => objective ?? failed);
}

/**
 * Fits a Gaussian process to all points. Its hyperparameters are fitted to at most `maxFitted` of them,
 * spread evenly from the best to the worst.
 */
function fit(
  points: readonly Point[],
  targets: Float64Array,
  dimensions: readonly Dimension[],
): GaussianProcess {
  const ordered = dimensions.map((dimension) => dimension.ordered);
  const order = [...targets.keys()].toSorted((a, b) => targets[a]! - targets[b]! || a - b);
  const step = Math.max(1, order.length / maxFitted);
  const chosen = Array.from(
    { length: Math.min(order.length, maxFitted) },
    (_, i) => order[Math.floor(i * step)]!,
  );
  const model = new GaussianProcess(
    ordered,
    maximizeLikelihood(
      chosen.map((index) => points[index]!),
      Float64Array.from(chosen, (index) => targets[index]!),
      ordered,
    ),
  );
  for (const [index, point] of points.entries()) model.add(point, targets[index]!);
  return model;
}

/** Draws a random combination. Prefers one that was not tried. */
function drawRandomCombination(
  domains: Domains,
  space: SearchSpaceEncoding,
  rng: Rng,
  isNew: (assignment: ParameterValues) => boolean,
): ParameterValues {
  const streams = Object.entries(domains).map(([name, domain]) => [name, domain, rng.fork(name)] as const);
  for (let left = maxRandomDraws; ; left--) {
    const drawn = space.keepExisting(
      Object.fromEntries(streams.map(([name, domain, stream]) => [name, drawValue(domain, stream)])),
    );
    if (left <= 1 || isNew(drawn)) return drawn;
  }
}
