import { erf, exp, log, sqrt, type Rng } from "@nn/tensor";
import { isWholeDimension, type Interval, type Dimension } from "../../space/dimension.ts";

/**
 * A density over the unit cube, estimated from points: a kernel around each point and a prior over the whole
 * cube (Bergstra 2011). A kernel is a product over the dimensions. Its factor for an ordered dimension is a
 * normal distribution truncated to [0, 1); its factor for a list has a peak at the entry of the point and a
 * small weight for each entry. All kernels have the same width. This is Optuna's `multivariate` estimator,
 * except for the width and height of the kernels.
 */
export interface ParzenEstimator {
  /** Draws a random point in the cube. */
  draw(rng: Rng): number[];
  /**
   * Returns the logarithm of the density, averaged over the interval in each dimension. `NormalKernel`
   * defines the height of a kernel.
   */
  logDensity(intervals: readonly Interval[]): number;
}

/** Estimates the density from `points`, the oldest first. A point has one interval per dimension. */
export function createParzenEstimator(
  dimensions: readonly Dimension[],
  points: readonly (readonly Interval[])[],
): ParzenEstimator {
  const sigma = bandwidth(points.length, dimensions.filter(({ size }) => size !== 1).length);
  const kernels = dimensions.map((dimension, index) =>
    kernelsOf(
      dimension,
      points.map((point) => point[index]!),
      sigma,
    ),
  );
  const weights = computeWeights(points.length);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const logWeights = Float64Array.from(weights, (weight) => log(weight / total));
  return {
    draw(rng) {
      let left = rng.uniform() * total;
      let chosen = 0;
      while (chosen < weights.length - 1 && left >= weights[chosen]!) left -= weights[chosen++]!;
      return kernels.map(({ distinct, of }) => distinct[of[chosen]!]!.draw(rng));
    },

    logDensity(intervals) {
      // log Σ w·∏p, relative to the largest term, because the products themselves could underflow.
      const terms = logWeights.slice();
      for (const [dimension, { of, logDensities }] of kernels.entries()) {
        const densities = logDensities(intervals[dimension]!);
        for (let kernel = 0; kernel < of.length; kernel++) terms[kernel]! += densities[of[kernel]!]!;
      }
      let [largest, sum] = [-Infinity, 0];
      for (const term of terms) largest = Math.max(largest, term);
      for (const term of terms) sum += exp(term - largest);
      return largest + log(sum);
    },
  };
}

/**
 * The kernels of one dimension. Points with the same value share one, so that its density is computed once.
 */
interface DimensionKernels {
  readonly distinct: readonly Kernel[];
  /** Index of the kernel of each point, then of the prior. */
  readonly of: Int32Array;
  /** Returns the log density of each kernel in an interval. */
  readonly logDensities: (interval: Interval) => Float64Array;
}

function kernelsOf(dimension: Dimension, intervals: readonly Interval[], sigma: number): DimensionKernels {
  const prior = dimension.ordered
    ? new NormalKernel(1 / 2, 1)
    : entryKernel(dimension.size ?? 1, 1 / (intervals.length + 1));
  const distinct = [prior];
  const seen = new Map<number, number>();
  const of = new Int32Array(intervals.length + 1); // 0 at the end: the prior
  for (const [point, interval] of intervals.entries()) {
    // A point without a value in this dimension uses the prior.
    if (isWholeDimension(interval)) continue;
    let kernel = seen.get(interval.from);
    if (kernel === undefined) {
      kernel = distinct.length;
      seen.set(interval.from, kernel);
      distinct.push(
        dimension.ordered
          ? new NormalKernel((interval.from + interval.to) / 2, sigma)
          : entryKernel(dimension.size ?? 1, 1 / (intervals.length + 1), interval),
      );
    }
    of[point] = kernel;
  }
  const known = new Map<number, Float64Array>();
  return {
    distinct,
    of,
    logDensities(interval) {
      const before = known.get(interval.from);
      if (before !== undefined) return before;
      const densities = new Float64Array(distinct.length);
      for (let kernel = 0; kernel < distinct.length; kernel++) {
        densities[kernel] = distinct[kernel]!.logDensity(interval);
      }
      // In a continuous dimension, hardly any interval occurs twice.
      if (dimension.size !== undefined) known.set(interval.from, densities);
      return densities;
    },
  };
}

/**
 * Returns the weights of n points, the oldest first, then the weight of the prior (Bergstra 2013). The last
 * 25 points and the prior have weight 1. The weights of earlier points rise from 1/n to 1.
 */
export function computeWeights(n: number): number[] {
  const older = Math.max(0, n - 25);
  const ramp = Array.from({ length: older }, (_, index) =>
    older === 1 ? 1 / n : 1 / n + ((1 - 1 / n) * index) / (older - 1),
  );
  return [...ramp, ...Array.from({ length: n - older + 1 }, () => 1)];
}

/**
 * Returns the kernel width by Scott's rule, σ = 0.14·n^(−1/(d + 4)), but at least 1/min(100, n + 2). Optuna
 * uses 0.2 instead of 0.14. On six functions other than those of bench/samplers.ts, the regrets were a third
 * smaller with 0.14. With 0.1, the sampler missed the global minimum of a function with many local minima.
 */
function bandwidth(n: number, dimensions: number): number {
  const scott = 0.14 * exp(-log(Math.max(n, 1)) / (dimensions + 4));
  return Math.max(scott, 1 / Math.min(100, n + 2));
}

interface Kernel {
  draw(rng: Rng): number;
  logDensity(interval: Interval): number;
}

/**
 * If an interval is narrower than this, in σ, the difference of two distribution functions is too inaccurate.
 * The density then counts as constant over the interval.
 */
const level = 1e-4;

const halfLogTwoPi = log(2 * Math.PI) / 2;
const rootOfTwo = sqrt(2);

/**
 * N(μ, σ²) truncated to [0, 1). μ must be inside and σ at most 1, so that at least a third of the
 * distribution is inside.
 *
 * The density is multiplied by σ, so that narrow kernels are no higher than the prior. The prior therefore
 * has more weight in many dimensions. Optuna 3.1.0 also leaves out the 1/σ of continuous dimensions. With it,
 * the regret on Rosenbrock's function in five dimensions was 1.8 times as large.
 */
class NormalKernel implements Kernel {
  readonly #mu: number;
  readonly #sigma: number;
  readonly #scale: number;
  /** Logarithm of the part of the distribution that is within [0, 1). */
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
 * Creates the kernel of a list with `size` entries. Each entry has the weight `others`, and the entry `seen`
 * has 1 more. The weights are divided by their sum.
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
