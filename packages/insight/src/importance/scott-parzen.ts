// A density over the values of one hyperparameter, estimated from the trials. The values are a grid of cells.
import { exp, log, sqrt } from "@nn/tensor";

import { normalCdf } from "../normal-cdf.ts";

/** Half a cell is at least 1.64 deviations, so that at least 90 % of a kernel is in its cell. */
const MIN_DEVIATION = 0.5 / 1.64;

/**
 * Returns the probability of each cell 0, 1, …, where `counts[i]` is the number of trials in cell i. There
 * must be at least one trial. The density is a mixture of one kernel per trial and one prior of the same
 * weight. If the cells are ordered, a kernel is a normal distribution, truncated to the grid, with the
 * deviation of Scott's rule (1992). The prior is as wide as the grid. Otherwise, a kernel is a peak at its
 * cell, and the prior is uniform. These are the kernels of Watanabe, Bansal & Hutter 2023, as implemented in
 * Optuna.
 */
export function estimateScottParzen(counts: readonly number[], ordered: boolean): number[] {
  const cells = counts.length;
  const occupied = counts.flatMap((count, cell) => (count > 0 ? [{ cell, count }] : []));
  const trials = occupied.reduce((sum, { count }) => sum + count, 0);
  const deviation = scottDeviation(occupied, trials);
  const peak = (cell: number): number[] =>
    ordered ? normalKernel(cells, cell, deviation) : categoryKernel(cells, cell, occupied.length + 1);
  const prior = ordered ? normalKernel(cells, (cells - 1) / 2, cells) : counts.map(() => 1 / cells);
  const kernels = occupied.map(({ cell, count }) => ({ weight: count, kernel: peak(cell) }));
  return counts.map((_, cell) => {
    const mass = kernels.reduce((sum, { weight, kernel }) => sum + weight * kernel[cell]!, prior[cell]!);
    return mass / (trials + 1);
  });
}

interface OccupiedCell {
  readonly cell: number;
  readonly count: number;
}

/** 1.059·min(IQR / 1.34, σ)·n^(−1/5), where σ is the sample standard deviation of the cells. */
function scottDeviation(occupied: readonly OccupiedCell[], trials: number): number {
  const mean = occupied.reduce((sum, { cell, count }) => sum + count * cell, 0) / trials;
  const squares = occupied.reduce((sum, { cell, count }) => sum + count * (cell - mean) ** 2, 0);
  const sigma = sqrt(squares / Math.max(1, trials - 1));
  // The quartiles are indices of cells. The lower one is the first cell with a quarter of the trials up to
  // it. The upper one is the first with more than three quarters, or the last cell (−1).
  let before = 0;
  const cumulative = occupied.map(({ count }) => (before += count));
  const first = cumulative.findIndex((count) => count >= Math.floor(trials / 4));
  const third = cumulative.findIndex((count) => count > Math.floor((trials * 3) / 4));
  const range = occupied.at(third)!.cell - occupied[first]!.cell;
  return Math.max(MIN_DEVIATION, 1.059 * Math.min(range / 1.34, sigma) * fifthRoot(1 / trials));
}

function normalKernel(cells: number, center: number, deviation: number): number[] {
  const below = (edge: number): number => normalCdf((edge - center) / deviation);
  const whole = below(cells - 0.5) - below(-0.5);
  return Array.from({ length: cells }, (_, cell) => (below(cell + 0.5) - below(cell - 0.5)) / whole);
}

function categoryKernel(cells: number, category: number, kernels: number): number[] {
  const sum = 1 + cells / kernels;
  return Array.from({ length: cells }, (_, cell) => ((cell === category ? 1 : 0) + 1 / kernels) / sum);
}

/** x^(1/5), computed by functions that give the same bits on every machine. */
function fifthRoot(x: number): number {
  return exp(log(x) / 5);
}
