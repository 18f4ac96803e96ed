import { exp, log, sqrt } from "@nn/tensor";
import { identity, eigendecomposeSymmetric } from "../../numerics/eigen.ts";

/**
 * The normal distribution N(m, σ²C) over n real numbers from which CMA-ES draws, and its update: Hansen, "The
 * CMA Evolution Strategy: A Tutorial" (2016), with its defaults. Equation numbers are those of the tutorial.
 * Negative weights are included (active CMA-ES).
 */
export class SearchDistribution {
  /** m, (n). */
  readonly mean: Float64Array;
  /** σ. */
  step: number;
  readonly #constants: Constants;
  /** C, (n, n). */
  #covariance: Float64Array;
  /** C = B·D²·Bᵀ: B (n, n), D (n). */
  #axes: Float64Array;
  #lengths: Float64Array;
  /** The evolution paths pσ and pc, (n): exponentially decaying sums of the steps of the mean. */
  readonly #stepPath: Float64Array;
  readonly #covariancePath: Float64Array;
  #generation = 0;

  /** `damping` is 1 in the tutorial. With a smaller value, σ changes faster. */
  constructor(mean: readonly number[], step: number, population: number, damping = 1) {
    const n = mean.length;
    this.mean = Float64Array.from(mean);
    this.step = step;
    this.#constants = constantsOf(n, population, damping);
    this.#covariance = identity(n);
    this.#axes = identity(n);
    this.#lengths = new Float64Array(n).fill(1);
    this.#stepPath = new Float64Array(n);
    this.#covariancePath = new Float64Array(n);
  }

  /**
   * Returns y = B·D·z. If z is drawn from N(0, 1), then y is drawn from N(0, C), and m + σ·y from the
   * distribution (39, 40).
   */
  transform(z: Float64Array): Float64Array {
    return times(
      this.#axes,
      z.map((value, i) => this.#lengths[i]! * value),
    );
  }

  /** Returns the standard deviation of each coordinate: σ·√Cᵢᵢ. */
  deviations(): number[] {
    const n = this.mean.length;
    return Array.from({ length: n }, (_, i) => this.step * sqrt(this.#covariance[i * n + i]!));
  }

  /**
   * Updates the distribution from a full population of points (n). `ranks` start at 0 for the best; equal
   * points have the mean of their ranks. If all ranks are equal, there is no better half and nothing changes.
   */
  tell(points: readonly Float64Array[], ranks: readonly number[]): void {
    const n = this.mean.length;
    if (n === 0 || ranks.every((rank) => rank === ranks[0])) return;
    const { weights, muEffective, cSigma, dSigma, cc, c1, cMu, expectedNorm } = this.#constants;
    const w = ranks.map((rank) => (weights[Math.floor(rank)]! + weights[Math.ceil(rank)]!) / 2);
    const ys = points.map((point) => this.#near(point.map((x, i) => (x - this.mean[i]!) / this.step)));

    // ⟨y⟩ = Σ wᵢ·yᵢ over the better half (41); m ← Σ wᵢ·xᵢ (42)
    const [yw, mean] = [new Float64Array(n), new Float64Array(n)];
    for (const [k, weight] of w.entries()) {
      if (weight <= 0) continue;
      addTo(yw, weight, ys[k]!);
      addTo(mean, weight, points[k]!);
    }
    const total = w.reduce((sum, weight) => sum + Math.max(0, weight), 0);
    this.mean.set(mean.map((value) => value / total));

    // pσ ← (1 − cσ)·pσ + √(cσ(2 − cσ)μeff)·C^(−½)·⟨y⟩ (43); σ ← σ·exp(cσ/dσ·(‖pσ‖/E‖N(0, 1)‖ − 1)) (44)
    this.#generation++;
    fade(this.#stepPath, 1 - cSigma, sqrt(cSigma * (2 - cSigma) * muEffective), this.#whitened(yw));
    const length = norm(this.#stepPath);
    this.step *= exp(Math.min(1, (cSigma / dSigma) * (length / expectedNorm - 1)));

    // pc ← (1 − cc)·pc + hσ·√(cc(2 − cc)μeff)·⟨y⟩ (45): hσ is 0 while σ grows fast.
    const grown = sqrt(1 - exp(2 * this.#generation * log(1 - cSigma)));
    const h = length / grown < (1.4 + 2 / (n + 1)) * expectedNorm ? 1 : 0;
    fade(this.#covariancePath, 1 - cc, h * sqrt(cc * (2 - cc) * muEffective), yw);

    // C ← (1 + c1·δ(hσ) − c1 − cμ·Σw)·C + c1·pc·pcᵀ + cμ·Σ w°ᵢ·yᵢ·yᵢᵀ (47), where w° rescales a negative
    // weight as if yᵢ were √n long (46).
    const sum = w.reduce((a, b) => a + b, 0);
    const kept = 1 + c1 * (1 - h) * cc * (2 - cc) - c1 - cMu * sum;
    const next = this.#covariance.map((c) => kept * c);
    addOuter(next, c1, this.#covariancePath);
    for (const [k, y] of ys.entries()) {
      const distance = norm(this.#whitened(y));
      const towards = w[k]! >= 0 ? w[k]! : (w[k]! * n) / Math.max(distance * distance, 1e-300);
      addOuter(next, cMu * towards, y);
    }
    this.#covariance = next;
    this.#decompose();
  }

  /**
   * Shortens a step that is longer than the steps of draws, because a point may have been moved to a bound or
   * an integer after it was drawn. Hansen 2011 does the same with injected points.
   */
  #near(y: Float64Array): Float64Array {
    const n = y.length;
    const distance = norm(this.#whitened(y));
    const longest = sqrt(n) + 3;
    return distance > longest ? y.map((value) => (value * longest) / distance) : y;
  }

  /** Returns C^(−½)·y = B·D⁻¹·Bᵀ·y. */
  #whitened(y: Float64Array): Float64Array {
    const inAxes = timesTransposed(this.#axes, y).map((value, i) => value / this.#lengths[i]!);
    return times(this.#axes, inAxes);
  }

  #decompose(): void {
    const n = this.mean.length;
    const { values, vectors } = eigendecomposeSymmetric(this.#covariance, n);
    // Rounding and negative weights may make an eigenvalue nonpositive, or negligible compared to the
    // largest. The condition number is limited to 10¹⁴.
    const largest = values.reduce((a, b) => Math.max(a, b));
    this.#lengths = values.map((value) => sqrt(Math.max(value, largest * 1e-14)));
    this.#axes = vectors;
  }
}

interface Constants {
  /**
   * Weights from best to worst (λ): those of the better half are positive and sum to 1, the others are
   * negative (49 … 53).
   */
  readonly weights: readonly number[];
  readonly muEffective: number;
  readonly cSigma: number;
  readonly dSigma: number;
  readonly cc: number;
  readonly c1: number;
  readonly cMu: number;
  /** E‖N(0, 1)‖ */
  readonly expectedNorm: number;
}

/**
 * Returns the constants of the tutorial's table 1 for n numbers and populations of λ; the tutorial's damping
 * is 1.
 */
function constantsOf(n: number, population: number, damping: number): Constants {
  const raw = Array.from({ length: population }, (_, i) => log((population + 1) / 2) - log(i + 1));
  const mu = Math.floor(population / 2);
  const [muEffective, muEffectiveOfBad] = [effective(raw.slice(0, mu)), effective(raw.slice(mu))];
  const cSigma = (muEffective + 2) / (n + muEffective + 5);
  const c1 = 2 / ((n + 1.3) * (n + 1.3) + muEffective);
  const cMu = Math.min(1 - c1, (2 * (muEffective - 2 + 1 / muEffective)) / ((n + 2) * (n + 2) + muEffective));
  const worst = Math.min(
    1 + c1 / cMu,
    1 + (2 * muEffectiveOfBad) / (muEffective + 2),
    (1 - c1 - cMu) / (n * cMu),
  );
  const total = (sign: number): number =>
    raw.reduce((sum, weight) => sum + Math.max(0, sign * weight), 0) || 1;
  const [good, bad] = [total(1), total(-1)];
  return {
    weights: raw.map((weight) => (weight >= 0 ? weight / good : (weight * worst) / bad)),
    muEffective,
    cSigma,
    dSigma: damping + 2 * Math.max(0, sqrt((muEffective - 1) / (n + 1)) - 1) + cSigma,
    cc: (4 + muEffective / n) / (n + 4 + (2 * muEffective) / n),
    c1,
    cMu,
    expectedNorm: sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

/** Returns μeff = (Σw)² / Σw², the effective number of weights. */
function effective(weights: readonly number[]): number {
  const sum = weights.reduce((a, b) => a + b, 0);
  return (sum * sum) / weights.reduce((a, b) => a + b * b, 0);
}

function norm(values: Float64Array): number {
  return sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** to ← to + factor·values */
function addTo(to: Float64Array, factor: number, values: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * values[i]!;
}

/** path ← keep·path + factor·values */
function fade(path: Float64Array, keep: number, factor: number, values: Float64Array): void {
  for (let i = 0; i < path.length; i++) path[i] = keep * path[i]! + factor * values[i]!;
}

/** to ← to + factor·y·yᵀ */
function addOuter(to: Float64Array, factor: number, y: Float64Array): void {
  const n = y.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) to[i * n + j]! += factor * (y[i]! * y[j]!);
  }
}

/** matrix (n, n) · values (n) */
function times(matrix: Float64Array, values: Float64Array): Float64Array {
  const n = values.length;
  return values.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * values[j]!;
    return sum;
  });
}

/** matrixᵀ (n, n) · values (n) */
function timesTransposed(matrix: Float64Array, values: Float64Array): Float64Array {
  const n = values.length;
  return values.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[j * n + i]! * values[j]!;
    return sum;
  });
}
