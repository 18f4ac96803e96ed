import { erf, exp, log, sqrt, type Rng } from "@nn/tensor";
import { isAnywhere, type Interval, type Dimension } from "../../space/dimension.ts";

/**
 * A density over the unit cube from points in it: around each a kernel, and one over everything, the prior
 * (Bergstra 2011). A kernel is a product over the sides; on an ordered side a normal distribution that ends
 * at 0 and 1, on one without order a point for the entry that was seen and a little for each. All kernels
 * have the same width: Optuna's `multivariate` estimator, but for the width and the height of its kernels.
 */
export interface Parzen {
  /** A place in the cube by chance. */
  draw(rng: Rng): number[];
  /**
   * The logarithm of the density, averaged over the cell of each side; the height of a kernel is that of
   * `NormalKernel`.
   */
  logDensity(cells: readonly Interval[]): number;
}

/** `points` from the oldest: what each trial has on each side. */
export function parzen(sides: readonly Dimension[], points: readonly (readonly Interval[])[]): Parzen {
  const sigma = bandwidth(points.length, sides.filter(({ size }) => size !== 1).length);
  const kernels = sides.map((side, index) =>
    kernelsOf(
      side,
      points.map((point) => point[index]!),
      sigma,
    ),
  );
  const weights = weightsOf(points.length);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const logWeights = Float64Array.from(weights, (weight) => log(weight / total));
  return {
    draw(rng) {
      let left = rng.uniform() * total;
      let chosen = 0;
      while (chosen < weights.length - 1 && left >= weights[chosen]!) left -= weights[chosen++]!;
      return kernels.map(({ distinct, of }) => distinct[of[chosen]!]!.draw(rng));
    },

    logDensity(cells) {
      // log Σ w·∏p as the largest term and what the others add to it: the products themselves could be too
      // small for a number.
      const terms = logWeights.slice();
      for (const [side, { of, logDensities }] of kernels.entries()) {
        const densities = logDensities(cells[side]!);
        for (let kernel = 0; kernel < of.length; kernel++) terms[kernel]! += densities[of[kernel]!]!;
      }
      let [largest, sum] = [-Infinity, 0];
      for (const term of terms) largest = Math.max(largest, term);
      for (const term of terms) sum += exp(term - largest);
      return largest + log(sum);
    },
  };
}

/** The kernels of one side. Points with the same value share one, so that its density is computed once. */
interface SideKernels {
  readonly distinct: readonly Kernel[];
  /** Which of them each point has, and at the end the prior. */
  readonly of: Int32Array;
  /** What each of them gives the cell. */
  readonly logDensities: (cell: Interval) => Float64Array;
}

function kernelsOf(side: Dimension, cells: readonly Interval[], sigma: number): SideKernels {
  const prior = side.ordered
    ? new NormalKernel(1 / 2, 1)
    : entryKernel(side.size ?? 1, 1 / (cells.length + 1));
  const distinct = [prior];
  const seen = new Map<number, number>();
  const of = new Int32Array(cells.length + 1); // 0 at the end: the prior
  for (const [point, cell] of cells.entries()) {
    // A point that is anywhere on a side says of it what the prior does.
    if (isAnywhere(cell)) continue;
    let kernel = seen.get(cell.from);
    if (kernel === undefined) {
      kernel = distinct.length;
      seen.set(cell.from, kernel);
      distinct.push(
        side.ordered
          ? new NormalKernel((cell.from + cell.to) / 2, sigma)
          : entryKernel(side.size ?? 1, 1 / (cells.length + 1), cell),
      );
    }
    of[point] = kernel;
  }
  const known = new Map<number, Float64Array>();
  return {
    distinct,
    of,
    logDensities(cell) {
      const before = known.get(cell.from);
      if (before !== undefined) return before;
      const densities = new Float64Array(distinct.length);
      for (let kernel = 0; kernel < distinct.length; kernel++) {
        densities[kernel] = distinct[kernel]!.logDensity(cell);
      }
      // Of a continuous side hardly a place comes twice.
      if (side.size !== undefined) known.set(cell.from, densities);
      return densities;
    },
  };
}

/**
 * The weight of each of n points from the oldest, and of the prior: 1 for the last 25, before them rising
 * from 1/n to 1 (Bergstra 2013).
 */
export function weightsOf(n: number): number[] {
  const older = Math.max(0, n - 25);
  const ramp = Array.from({ length: older }, (_, index) =>
    older === 1 ? 1 / n : 1 / n + ((1 - 1 / n) * index) / (older - 1),
  );
  return [...ramp, ...Array.from({ length: n - older + 1 }, () => 1)];
}

/**
 * Scott's rule, σ = 0.14·n^(−1/(d + 4)), and not below a width that narrows as points come: what is known is
 * not known that well. Optuna has 0.2; on six functions that are not those of bench/samplers.ts the regrets
 * were a third smaller with 0.14, and 0.1 lost the lowest of many valleys.
 */
function bandwidth(n: number, dimensions: number): number {
  const scott = 0.14 * exp(-log(Math.max(n, 1)) / (dimensions + 4));
  return Math.max(scott, 1 / Math.min(100, n + 2));
}

interface Kernel {
  draw(rng: Rng): number;
  logDensity(cell: Interval): number;
}

/**
 * Below this width of a cell, in σ, the difference of two distribution functions has too few digits; the
 * density is level there.
 */
const level = 1e-4;

const halfLogTwoPi = log(2 * Math.PI) / 2;
const rootOfTwo = sqrt(2);

/**
 * N(μ, σ²) within [0, 1); μ must be in there, and σ at most 1, so that at least a third of it is. Its density
 * is times σ: narrow kernels are no higher than the prior, which so counts for more where sides are many.
 * Optuna 3.1.0 leaves out the 1/σ of continuous sides too; with it the regret on Rosenbrock's function in
 * five dimensions was 1.8 times as large.
 */
class NormalKernel implements Kernel {
  readonly #mu: number;
  readonly #sigma: number;
  readonly #scale: number;
  /** log of the part that lies within [0, 1). */
  readonly #inside: number;

  constructor(mu: number, sigma: number) {
    this.#mu = mu;
    this.#sigma = sigma;
    this.#scale = sigma * rootOfTwo;
    this.#inside = log(this.#below(1) - this.#below(0));
  }

  draw(rng: Rng): number {
    for (;;) {
      const x = this.#mu + this.#sigma * rng.normal();
      if (x >= 0 && x < 1) return x;
    }
  }

  logDensity({ from, to }: Interval): number {
    const widths = (to - from) / this.#sigma;
    if (widths > level) return log(Math.max(0, this.#below(to) - this.#below(from)) / widths) - this.#inside;
    const z = ((from + to) / 2 - this.#mu) / this.#sigma;
    return (-z * z) / 2 - halfLogTwoPi - this.#inside;
  }

  #below(x: number): number {
    return (1 + erf((x - this.#mu) / this.#scale)) / 2;
  }
}

/**
 * An entry of a list of `size`: each has `others`, and the one that was seen 1 more; all to be divided by
 * their sum.
 */
function entryKernel(size: number, others: number, seen?: Interval): Kernel {
  const total = size * others + (seen === undefined ? 0 : 1);
  const logDensityOfOthers = log((others / total) * size);
  const logDensityOfSeen = log(((others + 1) / total) * size);
  return {
    draw(rng) {
      const u = rng.uniform() * total;
      if (u < size * others || seen === undefined) return Math.min(u / (size * others), 1 - 2 ** -53);
      return (seen.from + seen.to) / 2;
    },

    logDensity: ({ from }) => (from === seen?.from ? logDensityOfSeen : logDensityOfOthers),
  };
}
