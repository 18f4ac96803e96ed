import type { ElementwiseFunction } from "../backend.ts";
import { erf } from "../math/erf.ts";
import { exp } from "../math/exp.ts";
import { log } from "../math/log.ts";
import { sigmoid } from "../math/sigmoid.ts";
import { sqrt } from "../math/sqrt.ts";
import { tanh } from "../math/tanh.ts";
import type { Tensor } from "../tensor.ts";

/** A function of one number and its derivative, both evaluated at x in float64. */
interface DifferentiableFunction {
  readonly y: (x: number) => number;
  readonly dydx: (x: number) => number;
}

/** out = f(x), rounded when it is stored. */
export function applyElementwise(f: ElementwiseFunction, x: Tensor, out: Tensor): void {
  const { y } = createFunction(f);
  for (let i = 0; i < x.data.length; i++) out.data[i] = y(x.data[i]!);
}

/** out = dy · f′(x) */
export function applyElementwiseBackward(f: ElementwiseFunction, x: Tensor, dy: Tensor, out: Tensor): void {
  const { dydx } = createFunction(f);
  for (let i = 0; i < x.data.length; i++) out.data[i] = dy.data[i]! * dydx(x.data[i]!);
}

function createFunction(f: ElementwiseFunction): DifferentiableFunction {
  switch (f.kind) {
    case "gelu":
      return gelu;
    case "gelu-tanh":
      return geluByTanh;
    case "silu":
      return silu;
    case "mish":
      return mish;
    case "softplus":
      return softplus(f.beta);
    case "exponential-linear":
      return exponentialLinear(f.alpha, f.scale);
    case "hard-swish":
      return hardSwish;
  }
}

const SQRT_HALF = sqrt(0.5);
const ONE_BY_SQRT_2_PI = 0.3989422804014327;

/** Φ(x) = (1 + erf(x/√2)) / 2; its derivative is the density φ(x) = e^(−x²/2) / √(2π). */
const gelu: DifferentiableFunction = {
  y: (x) => x * (0.5 + 0.5 * erf(x * SQRT_HALF)),
  dydx: (x) => 0.5 + 0.5 * erf(x * SQRT_HALF) + x * ONE_BY_SQRT_2_PI * exp(-0.5 * x * x),
};

const TWO_SQRT_2_BY_PI = 1.5957691216057308;
const CUBIC = 0.044715;

/** Φ(x) ≈ (1 + tanh u) / 2 = sigmoid(2u), with 2u = 2·√(2/π)·(x + 0.044715·x³) */
const geluByTanh: DifferentiableFunction = {
  y: (x) => x * sigmoid(TWO_SQRT_2_BY_PI * (x + CUBIC * x * x * x)),
  dydx(x) {
    const s = sigmoid(TWO_SQRT_2_BY_PI * (x + CUBIC * x * x * x));
    return s + x * s * (1 - s) * TWO_SQRT_2_BY_PI * (1 + 3 * CUBIC * x * x);
  },
};

const silu: DifferentiableFunction = {
  y: (x) => x * sigmoid(x),
  dydx(x) {
    const s = sigmoid(x);
    return s * (1 + x * (1 - s));
  },
};

const mish: DifferentiableFunction = {
  y: (x) => x * tanhOfSoftplus(x),
  dydx(x) {
    const t = tanhOfSoftplus(x);
    return t + x * (1 - t * t) * sigmoid(x);
  },
};

/**
 * Returns tanh(log u) = (u² − 1) / (u² + 1) with u = 1 + e^x, which is (e² + 2e) / (e² + 2e + 2) with e =
 * e^x. For x ≥ 0, numerator and denominator are divided by e², so that e^x, which may overflow, becomes e^−x.
 */
function tanhOfSoftplus(x: number): number {
  const e = exp(-Math.abs(x));
  const numerator = x < 0 ? e * (e + 2) : 1 + 2 * e;
  return numerator / (numerator + (x < 0 ? 2 : 2 * e * e));
}

const softplus = (beta: number): DifferentiableFunction => ({
  y: (x) => logOnePlusExp(beta * x) / beta,
  dydx: (x) => sigmoid(beta * x),
});

/** Returns log(1 + e^x) = max(x, 0) + log(1 + e^−|x|), which never overflows. */
function logOnePlusExp(x: number): number {
  const e = exp(-Math.abs(x));
  const sum = 1 + e;
  // The sum loses digits of a small e; log(sum) / (sum − 1) corrects for this (Kahan).
  const rest = sum === 1 ? e : (log(sum) * e) / (sum - 1);
  return x > 0 ? x + rest : rest;
}

const exponentialLinear = (alpha: number, scale: number): DifferentiableFunction => ({
  y: (x) => scale * (x > 0 ? x : alpha * exponentialMinusOne(x)),
  dydx: (x) => scale * (x > 0 ? 1 : alpha * exp(x)),
});

/** Returns e^x − 1 = 2t / (1 − t) with t = tanh(x/2), which has no cancellation for x ≤ 0. */
function exponentialMinusOne(x: number): number {
  const t = tanh(x / 2);
  return (2 * t) / (1 - t);
}

const hardSwish: DifferentiableFunction = {
  y(x) {
    if (x <= -3) return 0;
    return x >= 3 ? x : (x * (x + 3)) / 6;
  },
  dydx(x) {
    if (x <= -3) return 0;
    return x >= 3 ? 1 : (2 * x + 3) / 6;
  },
};
