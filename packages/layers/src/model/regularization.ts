import type { Tensor } from "@nn/tensor";

import type { Parameter, Regularizer } from "../definition.ts";

/** Returns l1·Σ|w| + l2·Σw², in float64, summed in index order. */
export function computePenalty({ data }: Tensor, { l1, l2 }: Regularizer): number {
  let absolute = 0;
  let squared = 0;
  for (let i = 0; i < data.length; i++) {
    const w = data[i]!;
    absolute += Math.abs(w);
    squared += w * w;
  }
  return l1 * absolute + l2 * squared;
}

/**
 * dw += l1·sign(w) + 2·l2·w, the derivative of `computePenalty`. At w = 0, where |w| has no derivative, 0 is
 * added.
 */
export function addPenaltyGradient({ value, gradient }: Parameter, { l1, l2 }: Regularizer): void {
  const [w, dw] = [value.data, gradient.data];
  for (let i = 0; i < w.length; i++) dw[i] = dw[i]! + (l1 * Math.sign(w[i]!) + 2 * l2 * w[i]!);
}

/**
 * Scales down each column of weights (those into one neuron or filter) whose norm exceeds maxNorm, so that
 * its norm is maxNorm. w (…, U); the norm is over all axes but the last. Srebro & Shraibman 2005; in
 * networks: Hinton et al. 2012.
 */
export function applyMaxNorm(w: Tensor, maxNorm: number): void {
  const columns = w.shape.at(-1) ?? 1;
  for (let column = 0; column < columns; column++) {
    let squared = 0;
    for (let i = column; i < w.data.length; i += columns) squared += w.data[i]! * w.data[i]!;
    const norm = Math.sqrt(squared);
    if (norm > maxNorm) {
      for (let i = column; i < w.data.length; i += columns) w.data[i] = w.data[i]! * (maxNorm / norm);
    }
  }
}
