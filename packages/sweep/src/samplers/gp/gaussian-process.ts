import { sqrt } from "@nn/tensor";
import { dot } from "../../numerics/dot.ts";
import { matern52, computeSquaredDistance, type Point } from "./matern.ts";

/** Hyperparameters of the kernel σ²·(k(r) + ν·[same trial]), r² = Σ (difference / ℓ)². */
export interface Hyperparameters {
  /** Length scales ℓ, one per dimension (D). */
  readonly lengths: readonly number[];
  /** ν: the variance of the noise, as a fraction of σ². */
  readonly noise: number;
  /** σ². */
  readonly variance: number;
}

/** Mean and standard deviation of the noiseless function at one point. */
export interface Prediction {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Gaussian process regression with Matérn's kernel: Rasmussen & Williams 2006, algorithm 2.1. The prior mean
 * is 0.
 */
export class GaussianProcess {
  readonly #ordered: readonly boolean[];
  readonly #variance: number;
  readonly #noise: number;
  /** 1/ℓ², (D). */
  readonly #weights: Float64Array;
  readonly #points: Point[] = [];
  /** Rows of L, where L·Lᵀ = K. Row i has i + 1 numbers. */
  readonly #rows: Float64Array[] = [];
  /** L⁻¹·y, one number per added point. */
  readonly #whitened: number[] = [];

  constructor(ordered: readonly boolean[], { lengths, noise, variance }: Hyperparameters) {
    this.#ordered = ordered;
    this.#variance = variance;
    this.#noise = noise;
    this.#weights = Float64Array.from(lengths, (length) => 1 / (length * length));
  }

  /** Adds a point and its target, which appends a row to L. */
  add(point: Point, target: number): void {
    const row = this.#solved(point);
    const left = 1 + this.#noise - row.reduce((sum, l) => sum + l * l, 0);
    // If the point was added before, rounding may make this 0 or negative.
    const last = sqrt(Math.max(left, 1e-10));
    const known = row.reduce((sum, l, i) => sum + l * this.#whitened[i]!, 0);
    this.#rows.push(Float64Array.of(...row, last));
    this.#whitened.push((target - known) / last);
    this.#points.push(point);
  }

  /** Returns the prediction at a point, without noise. */
  predict(point: Point): Prediction {
    const solved = this.#solved(point);
    let [mean, explained] = [0, 0];
    for (let i = 0; i < solved.length; i++) {
      mean += solved[i]! * this.#whitened[i]!;
      explained += solved[i]! * solved[i]!;
    }
    return { mean, deviation: sqrt(Math.max(0, 1 - explained) * this.#variance) };
  }

  /** Returns L⁻¹·k, where k holds the kernel between this point and each added one. */
  #solved(point: Point): Float64Array {
    const n = this.#points.length;
    const x = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const squared = computeSquaredDistance(point, this.#points[i]!, this.#ordered, this.#weights);
      const row = this.#rows[i]!;
      x[i] = (matern52(squared) - dot(row, 0, x, 0, i)) / row[i]!;
    }
    return x;
  }
}
