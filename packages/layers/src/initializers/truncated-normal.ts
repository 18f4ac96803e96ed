import { Type } from "typebox";

import { defineInitializer } from "../definition.ts";

/**
 * Numbers beyond ±2σ are drawn again. The variance of the result is σ²·(1 − 4·φ(2) / (2·Φ(2) − 1)) =
 * 0.774·σ². The distribution is that of TruncatedNormal in Keras, and of trunc_normal_ in PyTorch with bounds
 * ±2σ.
 */
export const truncatedNormal = defineInitializer({
  type: "truncated-normal",
  description: "Normal distribution truncated at two standard deviations. Common in transformers.",
  formula: "normal with mean 0 and σ = standardDeviation, truncated at ±2σ",
  options: Type.Object({
    standardDeviation: Type.Number({
      exclusiveMinimum: 0,
      default: 0.05,
      description: "Standard deviation σ before truncation. Transformers use 0.02.",
    }),
  }),
  fill({ standardDeviation }, value, _fan, rng) {
    const { data } = value;
    for (let i = 0; i < data.length; i++) {
      let z: number;
      do z = rng.normal();
      while (Math.abs(z) > 2);
      data[i] = standardDeviation * z;
    }
  },
});
