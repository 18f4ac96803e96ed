import { exp, log } from "@nn/tensor";

import type { RandomDraws } from "../../augmentation.ts";

/**
 * A number of the symmetric Beta(alpha, alpha) distribution: X / (X + Y) with X = U^(1/alpha), Y =
 * V^(1/alpha), drawn until X + Y ≤ 1 (Jöhnk 1964). One of two pairs is taken for alpha 1, one of six for 2;
 * larger ones ask for another method.
 */
export function drawBeta(draws: RandomDraws, alpha: number): number {
  for (;;) {
    const x = exp(log(draws.uniform()) / alpha);
    const y = exp(log(draws.uniform()) / alpha);
    if (x + y <= 1 && x + y > 0) return x / (x + y);
  }
}
