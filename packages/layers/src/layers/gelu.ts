import { erf, exp, sigmoid, sqrt } from "@nn/tensor";
import { Type } from "typebox";

import { planCurve, type Curve } from "../curve.ts";
import { defineLayer } from "../definition.ts";

/**
 * y = x·Φ(x), Φ the distribution function of the normal distribution, φ its density; dx = dy · (Φ(x) + x·φ(x)).
 * Hendrycks & Gimpel 2016.
 */
export const gelu = defineLayer({
  type: "gelu",
  description: "Gaussian error linear unit: weighs each number by how large it is among normal ones.",
  options: Type.Object({
    approximate: Type.Enum(["none", "tanh"], {
      default: "none",
      description: "Tanh: the approximation that the first transformers used.",
    }),
  }),
  plan: ({ approximate }, inputShape) => planCurve(approximate === "tanh" ? byTanh : byErf, inputShape),
});

const SQRT_HALF = sqrt(0.5);
const ONE_BY_SQRT_2_PI = 0.3989422804014327;

/** Φ(x) = (1 + erf(x/√2)) / 2, φ(x) = e^(−x²/2) / √(2π) */
const byErf: Curve = {
  y: (x) => x * (0.5 + 0.5 * erf(x * SQRT_HALF)),
  dydx: (x) => 0.5 + 0.5 * erf(x * SQRT_HALF) + x * ONE_BY_SQRT_2_PI * exp(-0.5 * x * x),
};

const TWO_SQRT_2_BY_PI = 1.5957691216057308;
const CUBIC = 0.044715;

/** Φ(x) ≈ (1 + tanh u) / 2 = sigmoid(2u), with 2u = 2·√(2/π)·(x + 0.044715·x³) */
const byTanh: Curve = {
  y: (x) => x * sigmoid(TWO_SQRT_2_BY_PI * (x + CUBIC * x * x * x)),
  dydx(x) {
    const s = sigmoid(TWO_SQRT_2_BY_PI * (x + CUBIC * x * x * x));
    return s + x * s * (1 - s) * TWO_SQRT_2_BY_PI * (1 + 3 * CUBIC * x * x);
  },
};
