import { exp, log } from "@nn/tensor";

import type { RandomGenerator } from "../../augmentation.ts";

/**
 * Draws from the symmetric Beta(alpha, alpha) distribution: X / (X + Y) with X = U^(1/alpha), Y =
 * V^(1/alpha), redrawn until X + Y ≤ 1 (Jöhnk 1964). It accepts one in two pairs for alpha 1, and one in six
 * for alpha 2. Larger values need another method.
 */
export function sampleBeta(rng: RandomGenerator, alpha: number): number {
  for (;;) {
    const x = exp(log(rng.uniform()) / alpha);
    const y = exp(log(rng.uniform()) / alpha);
    if (x + y <= 1 && x + y > 0) return x / (x + y);
  }
}
