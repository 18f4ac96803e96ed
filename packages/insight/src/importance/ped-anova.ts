// The importance of hyperparameters for being among the best trials. PED-ANOVA compares the values of the
// best trials with those of all trials. So it needs no model of the whole space, which the trials of an
// adaptive sampler do not cover, and it can use trials that a pruner has stopped.
import type { Dimension, Domains, FinishedTrial } from "@nn/sweep";

import { encodeTrials, type ParameterColumn } from "./encode-trials.ts";
import { estimateScottParzen } from "./scott-parzen.ts";

/** The options of `pedAnova`. */
export interface PedAnovaOptions {
  /** The fraction of the trials that are treated as the best, above 0 and below 1. Default: 0.1. */
  readonly quantile?: number;
  /**
   * Whether the best trials are compared with all trials of the run, as by default, or with the entire search
   * space. If the sampler finds the good values of a parameter early and then tries almost no others, the
   * parameter is important in the space, but not among the trials. Optuna calls this option
   * `evaluate_on_local`.
   */
  readonly evaluateOnLocal?: boolean;
}

/** A continuous range is divided into this number of cells. */
const MAX_CELLS = 50;
/** No cell has the probability 0, by which the divergence divides. */
const MIN_PROBABILITY = 1e-12;

/**
 * Returns the importances of the parameters for being among the best trials, which add up to 1 (Watanabe,
 * Bansal & Hutter 2023, PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces).
 * The importance is proportional to the Pearson divergence Σ q·(p/q − 1)² of the values p of the best trials
 * from the values q of all trials, or of the space. It covers single parameters, without interactions. Trials
 * that are as good as the last one of the best are among them. Trials that were pruned, failed or diverged
 * are not. The parameters are those that all trials have. If the best trials have the same values as those
 * with which they are compared, the importances are 0. Throws RangeError if fewer than two trials completed,
 * or for a quantile outside 0 to 1.
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
 * Returns Σ q·(p/q − 1)² over the cells, for the densities p of the best trials and q of all, or of the
 * space.
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
 * Numbers go to the nearest of evenly spaced points, of which the first and the last are the ends of the
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
