import type { Parameter } from "@nn/layers";
import { sqrt } from "@nn/tensor";

/** Clips each number of all gradients to −limit … limit. NaN stays NaN. */
export function clipGradientValue(parameters: readonly Parameter[], limit: number): void {
  for (const { gradient } of parameters) {
    const { data } = gradient;
    for (let i = 0; i < data.length; i++) data[i] = Math.max(-limit, Math.min(limit, data[i]!));
  }
}

/**
 * Clips the norm of the gradients: g ← g · limit / ‖g‖ if ‖g‖ > limit. ‖g‖ is the norm of all gradients as
 * one vector, summed in float64 in the order of the parameters. Pascanu, Mikolov & Bengio 2013.
 */
export function clipGradientNorm(parameters: readonly Parameter[], limit: number): void {
  let sum = 0;
  for (const { gradient } of parameters) {
    const { data } = gradient;
    for (let i = 0; i < data.length; i++) sum += data[i]! * data[i]!;
  }
  const norm = sqrt(sum);
  if (norm > limit) scaleGradients(parameters, limit / norm);
}

/** Scales all gradients: g ← g · factor. Each product is rounded to the precision of the gradient. */
export function scaleGradients(parameters: readonly Parameter[], factor: number): void {
  for (const { gradient } of parameters) {
    const { data } = gradient;
    for (let i = 0; i < data.length; i++) data[i] = data[i]! * factor;
  }
}
