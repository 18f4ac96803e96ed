import { erf, exp, log, sqrt, type Rng } from "@nn/tensor";
import { isAnywhere, type Cell, type Side } from "./unit-cube.ts";

/**
 * A density over the unit cube from points in it: around each a kernel, and one over everything, the prior (Bergstra 2011). A kernel is a
 * product over the sides; on an ordered side a normal distribution that ends at 0 and 1, on one without order a point for the entry that
 * was seen and a little for each. All kernels have the same width; Optuna's `multivariate` estimator.
 */
export interface Parzen {
  /** A place in the cube by chance. */
  draw(rng: Rng): number[];
  /** The logarithm of the density, averaged over the cell of each side. */
  logDensity(cells: readonly Cell[]): number;
}

/** `points` from the oldest: what each trial has on each side. */
export function parzen(sides: readonly Side[], points: readonly (readonly Cell[])[]): Parzen {
  const sigma = bandwidth(points.length, sides.filter(({ size }) => size !== 1).length);
  const kernels = sides.map((side, index) => {
    // A point that is anywhere on a side says of it what the prior does.
    const own = points.map((point) => (isAnywhere(point[index]!) ? undefined : point[index]!));
    return side.ordered
      ? [...own, undefined].map((cell) =>
          cell === undefined ? normalKernel(1 / 2, 1) : normalKernel((cell.from + cell.to) / 2, sigma),
        )
      : [...own, undefined].map((cell) => entryKernel(side.size ?? 1, 1 / (points.length + 1), cell));
  });
  const weights = weightsOf(points.length);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    draw(rng) {
      let left = rng.uniform() * total;
      let chosen = 0;
      while (chosen < weights.length - 1 && left >= weights[chosen]!) left -= weights[chosen++]!;
      return kernels.map((ofSide) => ofSide[chosen]!.draw(rng));
    },

    logDensity(cells) {
      // log Σ w·∏p as the largest term and what the others add to it: the products themselves could be too small for a number.
      const terms = weights.map((weight, kernel) =>
        kernels.reduce(
          (sum, ofSide, side) => sum + ofSide[kernel]!.logDensity(cells[side]!),
          log(weight / total),
        ),
      );
      const largest = terms.reduce((a, b) => Math.max(a, b));
      return largest + log(terms.reduce((sum, term) => sum + exp(term - largest), 0));
    },
  };
}

/**
 * The weight of each of n points from the oldest, and of the prior: 1 for the last 25, before them rising from 1/n to 1 (Bergstra 2013).
 */
export function weightsOf(n: number): number[] {
  const older = Math.max(0, n - 25);
  const ramp = Array.from({ length: older }, (_, index) =>
    older === 1 ? 1 / n : 1 / n + ((1 - 1 / n) * index) / (older - 1),
  );
  return [...ramp, ...Array.from({ length: n - older + 1 }, () => 1)];
}

/** Scott's rule, σ = 0.2·n^(−1/(d + 4)), and not below a width that narrows as points come: what is known is not known that well. */
function bandwidth(n: number, dimensions: number): number {
  const scott = 0.2 * exp(-log(Math.max(n, 1)) / (dimensions + 4));
  return Math.max(scott, 1 / Math.min(100, n + 2));
}

interface Kernel {
  draw(rng: Rng): number;
  logDensity(cell: Cell): number;
}

/** Below this width of a cell, in σ, the difference of two distribution functions has too few digits; the density is level there. */
const level = 1e-4;

/** N(μ, σ²) within [0, 1); μ must be in there, and σ at most 1, so that at least a third of it is. */
function normalKernel(mu: number, sigma: number): Kernel {
  const below = (x: number): number => (1 + erf((x - mu) / (sigma * sqrt(2)))) / 2;
  const inside = log(below(1) - below(0));
  const peak = log(sigma) + log(2 * Math.PI) / 2;
  return {
    draw(rng) {
      for (;;) {
        const x = mu + sigma * rng.normal();
        if (x >= 0 && x < 1) return x;
      }
    },

    logDensity({ from, to }) {
      const width = to - from;
      if (width > level * sigma) return log(Math.max(0, below(to) - below(from)) / width) - inside;
      const z = ((from + to) / 2 - mu) / sigma;
      return (-z * z) / 2 - peak - inside;
    },
  };
}

/** An entry of a list of `size`: each has `others`, and the one that was seen 1 more; all to be divided by their sum. */
function entryKernel(size: number, others: number, seen: Cell | undefined): Kernel {
  const total = size * others + (seen === undefined ? 0 : 1);
  const share = (cell: Cell): number =>
    (others + (seen !== undefined && seen.from === cell.from ? 1 : 0)) / total;
  return {
    draw(rng) {
      const u = rng.uniform() * total;
      if (u < size * others || seen === undefined) return Math.min(u / (size * others), 1 - 2 ** -53);
      return (seen.from + seen.to) / 2;
    },

    logDensity: (cell) => log(share(cell) * size),
  };
}
