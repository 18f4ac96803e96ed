// The importance of hyperparameters for being among the best trials. PED-ANOVA compares the values of the
// best trials with those of all trials. It needs no model of the search space, so it is valid for adaptive
// samplers, whose trials do not cover the space. It can also use pruned trials.
import type { Dimension, Domains, FinishedTrial } from "@nn/sweep";

import { encodeTrials, type ParameterColumn } from "./encode-trials.ts";
import { estimateScottParzen } from "./scott-parzen.ts";

/** The options of `pedAnova`. */
export interface PedAnovaOptions {
  /** The fraction of the trials that count as the best, between 0 and 1 (exclusive). Default: 0.1. */
  readonly quantile?: number;
  /**
   * Whether the best trials are compared with all trials of the run (default) or with the entire search
   * space. If the sampler soon tries almost only good values of a parameter, the parameter is important in
   * the space, but not among the trials. Optuna calls this option `evaluate_on_local`.
   */
  readonly evaluateOnLocal?: boolean;
}

/** Number of cells into which a continuous range is divided. */
const MAX_CELLS = 50;
/** Minimum probability of a cell, because the divergence divides by it. */
const MIN_PROBABILITY = 1e-12;

/**
 * Returns the importances of the parameters for being among the best trials. They sum to 1 (Watanabe, Bansal
 * & Hutter 2023, PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces). The
 * importance is proportional to the Pearson divergence Σ q·(p/q − 1)². Here p is the density of the values of
 * the best trials, and q that of all trials or of the space. It covers single parameters, without
 * interactions. Trials that tie with the last of the best trials also count as best. Pruned, failed or
 * diverged trials never do. Only parameters that all trials have are included. If the best trials have the
 * same distribution of values as the others, the importances are 0. Throws RangeError if fewer than two
 * trials completed or the quantile is outside 0 to 1.
 */
export function pedAnova(
  trials: readonly FinishedTrial[],
  domains: Domains,
  { quantile = 0.1, evaluateOnLocal = true }: PedAnovaOptions = {},
): ReadonlyMap<string, number> {
  if (!(quantile > 0 && quantile < 1))
    throw new RangeError(`pedAnova: quantile must be between 0 and 1, got ${quantile}.`);
  const objectives = trials.map(({ objective, prunedAfter }) =>
    objective !== undefined && Number.isFinite(objective) && prunedAfter === undefined ? objective : Infinity,
  );
  const completed = objectives.filter(Number.isFinite);
  if (completed.length < 2)
    throw new RangeError(
      `pedAnova: at least two trials must have completed with a finite objective, got ${completed.length}.`,
    );
  completed.sort((a, b) => a - b);
  const limit = completed[Math.min(completed.length, Math.ceil(quantile * trials.length)) - 1]!;
  const isBest = objectives.map((objective) => objective <= limit);
  const divergences = encodeTrials(trials, domains).map(
    (column) => [column.name, divergenceOf(column, isBest, evaluateOnLocal)] as const,
  );
  const total = divergences.reduce((sum, [, divergence]) => sum + divergence, 0);
  return new Map(divergences.map(([name, divergence]) => [name, total === 0 ? 0 : divergence / total]));
}

/**
 * Returns Σ q·(p/q − 1)² over the cells, where p is the density of the best trials, and q that of all trials
 * or of the space.
 */
function divergenceOf(
  { dimension, positions }: ParameterColumn,
  isBest: readonly boolean[],
  evaluateOnLocal: boolean,
): number {
  const count = cellCount(dimension);
  if (count === 1) return 0;
  const cells = cellsOf(positions, dimension, count);
  const density = (isCounted: (trial: number) => boolean): number[] => {
    const counts = Array.from({ length: count }, () => 0);
    for (const [trial, cell] of cells.entries()) if (isCounted(trial)) counts[cell]!++;
    return estimateScottParzen(counts, dimension.ordered).map((probability) => probability + MIN_PROBABILITY);
  };
  const p = density((trial) => isBest[trial]!);
  const q = evaluateOnLocal ? density(() => true) : p.map(() => 1 / count);
  return q.reduce((sum, all, cell) => sum + all * (p[cell]! / all - 1) ** 2, 0);
}

function cellCount({ ordered, size }: Dimension): number {
  if (!ordered) return size ?? 1;
  return Math.min(size ?? MAX_CELLS, MAX_CELLS);
}

/**
 * Assigns numbers to the nearest of evenly spaced points. The first and the last point are the ends of the
 * range.
 */
function cellsOf(positions: Float64Array, dimension: Dimension, count: number): number[] {
  if (!dimension.ordered) return Array.from(positions, (position) => Math.floor(position * count));
  const middleAt = (u: number): number => {
    const { from, to } = dimension.interval(dimension.value(u));
    return (from + to) / 2;
  };
  const [first, last] = dimension.size === undefined ? [0, 1] : [middleAt(0), middleAt(1 - Number.EPSILON)];
  return Array.from(positions, (position) => {
    const nearest = Math.ceil(((position - first) / (last - first)) * (count - 1) - 0.5);
    return Math.min(count - 1, Math.max(0, nearest));
  });
}
