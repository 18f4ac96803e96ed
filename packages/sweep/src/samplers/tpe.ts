import { Type } from "typebox";
import { drawValue } from "./shared/draw.ts";
import { argsortTrials } from "./shared/argsort-trials.ts";
import { generationOptions, computeGenerationSizes, startupOption } from "./shared/generation-options.ts";
import { createParzenEstimator } from "./tpe/parzen.ts";
import { defineAdaptiveSampler } from "../sampler.ts";
import { toDimension } from "../space/dimension.ts";
import { getNoLearningNotices } from "./shared/no-learning-notice.ts";

/**
 * Tree-structured Parzen estimator (Bergstra et al. 2011), multivariate (Falkner, Klein & Hutter 2018), with
 * Optuna's defaults except for the kernels (see `createParzenEstimator`). The best tenth of the trials, at
 * most 25, forms a density l; the others form g. Of `candidates` points drawn from l, the one with the
 * largest l/g is proposed. A pruned trial counts as worse than all completed ones, and a trial without an
 * objective as worse than all that have one.
 *
 * Within a generation, earlier proposals are added to the trials of g (constant liar; Ginsbourger 2010), so
 * that not all go to the same point.
 */
export const tpe = defineAdaptiveSampler({
  type: "tpe",
  description:
    "Tree-structured Parzen estimator: models the densities of good and bad trials and tries points " +
    "where good trials are likely.",
  formula: [
    "tries the candidate with the largest l(x) / g(x), with l the density of the best tenth of the trials",
    "and g the density of the others",
  ],
  example: "{ type: tpe, trials: 40 }",
  paper: "Bergstra et al. 2011, Algorithms for hyper-parameter optimization",
  options: Type.Object({
    ...generationOptions,
    startup: startupOption("draws at random"),
    candidates: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 24,
      description: "Number of points that are drawn and compared for each trial.",
    }),
  }),

  check: () => [],

  notices: (options, _domains, count) => getNoLearningNotices("tpe", options, count),

  generations: ({ trials, generation }) => computeGenerationSizes(trials, generation),

  proposeNext(domains, { startup, candidates }, rng, history, count) {
    const parameters = Object.entries(domains).map(([path, domain]) => ({
      path,
      domain,
      dimension: toDimension(domain),
    }));
    if (history.length < startup) {
      return Array.from({ length: count }, (_, index) => ({
        parameters: Object.fromEntries(
          parameters.map(({ path, domain }) => [
            path,
            drawValue(domain, rng.fork(path).fork(history.length + index)),
          ]),
        ),
      }));
    }

    const dimensions = parameters.map(({ dimension }) => dimension);
    const points = history.map((ended) =>
      parameters.map(({ path, dimension }) => dimension.interval(ended.parameters[path])),
    );
    const good = new Set(argsortTrials(history).slice(0, Math.min(Math.ceil(0.1 * history.length), 25)));
    const l = createParzenEstimator(
      dimensions,
      points.filter((_, index) => good.has(index)),
    );
    const others = points.filter((_, index) => !good.has(index));
    return Array.from({ length: count }, (_, index) => {
      const g = createParzenEstimator(dimensions, others);
      const stream = rng.fork("tpe").fork(history.length + index);
      const drawn = Array.from({ length: candidates }, () => {
        const values = l.draw(stream).map((u, dimension) => dimensions[dimension]!.value(u));
        const intervals = values.map((value, dimension) => dimensions[dimension]!.interval(value));
        return { values, intervals, score: l.logDensity(intervals) - g.logDensity(intervals) };
      });
      const { values, intervals } = drawn.reduce((a, b) => (b.score > a.score ? b : a));
      others.push(intervals);
      return {
        parameters: Object.fromEntries(parameters.map(({ path }, dimension) => [path, values[dimension]!])),
      };
    });
  },
});
