import { exp, log, sqrt } from "@nn/tensor";
import type { Hyperparameters } from "./gaussian-process.ts";
import { cholesky, diagonal } from "../../numerics/cholesky.ts";
import { invertLowerTriangular } from "../../numerics/triangular.ts";
import { matern52, matern52Derivative, computeSquaredDifferences, type Point } from "./matern.ts";

/**
 * Priors: log ℓ ~ N(log(√D/2), 1), because distances grow with the number of dimensions (Hvarfner, Hellsten &
 * Nardi 2024), and log ν ~ N(−11, 1.5), so that the model infers noise only from many trials.
 */
const noiseBefore = { mean: -11, deviation: 1.5 };
const lengthDeviation = 1;

/** Maximum number of steps of the search. */
const maxSteps = 40;
/**
 * The search ends when every step is smaller than this, usually after a dozen steps. This is enough to
 * distinguish relevant dimensions from irrelevant ones.
 */
const smallStep = 0.1;

/**
 * Returns the length scales, noise and variance with the greatest posterior probability, given the targets
 * (n).
 */
export function maximizeLikelihood(
  points: readonly Point[],
  targets: Float64Array,
  ordered: readonly boolean[],
): Hyperparameters {
  const data = new LikelihoodData(points, targets, ordered);
  const before = priorMeans(ordered.length);
  const { at } = descend(before, (parameters) => data.objective(parameters));
  return hyperparametersOf(at, data.objective(at).variance);
}

/** Returns the prior means of the search's parameters: log ℓ of each dimension, then log ν. */
function priorMeans(dimensions: number): Float64Array {
  const length = log(sqrt(Math.max(1, dimensions)) / 2);
  return Float64Array.from({ length: dimensions + 1 }, (_, d) =>
    d < dimensions ? length : noiseBefore.mean,
  );
}

function hyperparametersOf(parameters: Float64Array, variance: number): Hyperparameters {
  const [...lengths] = parameters.map(exp);
  const noise = lengths.pop()!;
  return { lengths, noise, variance };
}

/** The negative log posterior at one point of the hyperparameters, with its gradient. */
export interface NegativeLogPosterior {
  /** −log p(targets, parameters), up to a constant. */
  readonly value: number;
  /** Its derivative with respect to each parameter. */
  readonly gradient: Float64Array;
  /** The σ² that minimizes it. */
  readonly variance: number;
}

/** The trials whose likelihood is computed repeatedly. */
export class LikelihoodData {
  readonly #n: number;
  readonly #dimensions: number;
  readonly #targets: Float64Array;
  /** Squared differences of each pair i > j in each dimension, row by row: (pairs, D). */
  readonly #differences: Float64Array;

  constructor(points: readonly Point[], targets: Float64Array, ordered: readonly boolean[]) {
    this.#n = points.length;
    this.#dimensions = ordered.length;
    this.#targets = targets;
    const [n, d] = [points.length, ordered.length];
    this.#differences = new Float64Array(((n * (n - 1)) / 2) * d);
    for (let i = 0, pair = 0; i < n; i++) {
      for (let j = 0; j < i; j++, pair++) {
        const out = this.#differences.subarray(pair * d, (pair + 1) * d);
        computeSquaredDifferences(points[i]!, points[j]!, ordered, out);
      }
    }
  }

  /**
   * Returns −log p(y) = ½·(n·log σ² + log det K), with σ² = yᵀK⁻¹y / n and K = k(r) + ν·1 (Rasmussen &
   * Williams 2006, 2.30 with the best σ²), and its derivative ½·Σ (K⁻¹ − ααᵀ/σ²)∘dK with α = K⁻¹y (5.9). The
   * priors are added to both.
   */
  objective(parameters: Float64Array): NegativeLogPosterior {
    const [n, dimensions] = [this.#n, this.#dimensions];
    const weights = parameters.subarray(0, dimensions).map((length) => exp(-2 * length));
    const noise = exp(parameters[dimensions]!);
    const differences = this.#differences;
    const squares = new Float64Array((n * (n - 1)) / 2);
    for (let pair = 0; pair < squares.length; pair++) {
      let sum = 0;
      for (let d = 0; d < dimensions; d++) sum += differences[pair * dimensions + d]! * weights[d]!;
      squares[pair] = sum;
    }
    const matrix = new Float64Array(n * n);
    for (let i = 0, pair = 0; i < n; i++) {
      matrix[i * n + i] = 1 + noise;
      for (let j = 0; j < i; j++, pair++) matrix[i * n + j] = matern52(squares[pair]!);
    }
    const l = cholesky(matrix, n);
    const gradient = new Float64Array(dimensions + 1);
    if (l === undefined) return { value: Infinity, gradient, variance: 1 };

    const inverse = inverseOf(l, n);
    const alpha = timesSymmetric(inverse, this.#targets);
    const variance = Math.max(dot(alpha, this.#targets) / n, 1e-12);
    const logDeterminant = 2 * diagonal(l, n).reduce((sum, each) => sum + log(each), 0);
    for (let i = 0, pair = 0; i < n; i++) {
      const own = inverse[i * n + i]! - (alpha[i]! * alpha[i]!) / variance;
      gradient[dimensions]! += 0.5 * own * noise;
      for (let j = 0; j < i; j++, pair++) {
        // The factor ½ cancels, because each pair also occurs above the diagonal.
        const share = inverse[i * n + j]! - (alpha[i]! * alpha[j]!) / variance;
        const slope = share * matern52Derivative(squares[pair]!, matrix[i * n + j]!);
        for (let d = 0; d < dimensions; d++) {
          gradient[d]! += slope * (differences[pair * dimensions + d]! * weights[d]!);
        }
      }
    }
    const before = priorMeans(dimensions);
    let value = 0.5 * (n * log(variance) + logDeterminant);
    for (let d = 0; d <= dimensions; d++) {
      const deviation = d < dimensions ? lengthDeviation : noiseBefore.deviation;
      const away = (parameters[d]! - before[d]!) / deviation;
      value += 0.5 * away * away;
      gradient[d]! += away / deviation;
    }
    return { value, gradient, variance };
  }
}

/**
 * Minimizes the objective by the signs of its gradient (Rprop; Riedmiller & Braun 1993). Each parameter has
 * its own step size, which grows while the sign stays the same and shrinks when it changes. Returns the best
 * point seen.
 */
function descend(
  start: Float64Array,
  objective: (at: Float64Array) => NegativeLogPosterior,
): { at: Float64Array; value: number } {
  const at = start.slice();
  const sizes = new Float64Array(start.length).fill(0.3);
  let before: Float64Array = new Float64Array(start.length);
  let best: { at: Float64Array; value: number } = { at: start, value: Infinity };
  for (let left = maxSteps; left > 0 && sizes.some((size) => size >= smallStep); left--) {
    const { value, gradient } = objective(at);
    if (value < best.value) best = { at: at.slice(), value };
    for (let d = 0; d < at.length; d++) {
      const turned = gradient[d]! * before[d]!;
      sizes[d] = Math.min(1, Math.max(1e-3, sizes[d]! * (turned > 0 ? 1.2 : turned < 0 ? 0.5 : 1)));
      at[d]! -= Math.sign(gradient[d]!) * sizes[d]!;
    }
    before = gradient;
  }
  return best;
}

/** Returns the lower triangle of (L·Lᵀ)⁻¹ = L⁻ᵀ·L⁻¹. */
function inverseOf(l: Float64Array, n: number): Float64Array {
  const m = invertLowerTriangular(l, n);
  const inverse = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= k; i++) {
      const factor = m[k * n + i]!;
      for (let j = 0; j <= i; j++) inverse[i * n + j]! += factor * m[k * n + j]!;
    }
  }
  return inverse;
}

/** Returns A·b for a symmetric A, given by its lower triangle. */
function timesSymmetric(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      out[i]! += a[i * n + j]! * b[j]!;
      out[j]! += a[i * n + j]! * b[i]!;
    }
    out[i]! += a[i * n + i]! * b[i]!;
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
