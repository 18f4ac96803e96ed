import { sqrt } from "@nn/tensor";
import { dot } from "../../numerics/dot.ts";
import { matern52, weightedDistance, type Point } from "./matern.ts";

/** What the kernel of a Gaussian process is made of: σ²·(k(r) + ν·[same trial]), r² = Σ (difference / ℓ)². */
export interface Hyperparameters {
  /** ℓ of each side, (D): how far away values tell of each other. */
  readonly lengths: readonly number[];
  /** ν: the variance of the noise, as a share of σ². */
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
 * Gaussian process regression with Matérn's kernel: Rasmussen & Williams 2006, algorithm 2.1. The mean before
 * any target is 0.
 */
export class GaussianProcess {
  readonly #ordered: readonly boolean[];
  readonly #variance: number;
  readonly #noise: number;
  /** 1/ℓ², (D). */
  readonly #weights: Float64Array;
  readonly #places: Point[] = [];
  /** L·Lᵀ = K: row i has i + 1 numbers. */
  readonly #rows: Float64Array[] = [];
  /** L⁻¹·y, which grows with the rows. */
  readonly #whitened: number[] = [];

  constructor(ordered: readonly boolean[], { lengths, noise, variance }: Hyperparameters) {
    this.#ordered = ordered;
    this.#variance = variance;
    this.#noise = noise;
    this.#weights = Float64Array.from(lengths, (length) => 1 / (length * length));
  }

  /** One more place and what came of it: a new row of L. */
  add(place: Point, target: number): void {
    const row = this.#solved(place);
    const left = 1 + this.#noise - row.reduce((sum, l) => sum + l * l, 0);
    // Rounding may leave nothing of a place that is known already.
    const last = sqrt(Math.max(left, 1e-10));
    const known = row.reduce((sum, l, i) => sum + l * this.#whitened[i]!, 0);
    this.#rows.push(Float64Array.of(...row, last));
    this.#whitened.push((target - known) / last);
    this.#places.push(place);
  }

  /** What is expected at a place, without noise. */
  predict(place: Point): Prediction {
    const solved = this.#solved(place);
    let [mean, explained] = [0, 0];
    for (let i = 0; i < solved.length; i++) {
      mean += solved[i]! * this.#whitened[i]!;
      explained += solved[i]! * solved[i]!;
    }
    return { mean, deviation: sqrt(Math.max(0, 1 - explained) * this.#variance) };
  }

  /** L⁻¹·k, k the kernel between the place and all that are known. */
  #solved(place: Point): Float64Array {
    const n = this.#places.length;
    const x = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const squared = weightedDistance(place, this.#places[i]!, this.#ordered, this.#weights);
      const row = this.#rows[i]!;
      x[i] = (matern52(squared) - dot(row, 0, x, 0, i)) / row[i]!;
    }
    return x;
  }
}
