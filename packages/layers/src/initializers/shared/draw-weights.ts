import type { Rng, Tensor } from "@nn/tensor";
import { Type } from "typebox";

/** The option that he, glorot and lecun share. */
export const distributionOption = Type.Enum(["normal", "uniform"], {
  default: "normal",
  description: "Distribution that the weights are drawn from. Both have the same variance.",
});

/**
 * Fills `value` in row-major order with random numbers of mean 0 and the given variance. Uniform numbers are
 * drawn between −√(3·variance) and √(3·variance).
 */
export function drawWeights(
  value: Tensor,
  distribution: "normal" | "uniform",
  variance: number,
  rng: Rng,
): void {
  const { data } = value;
  if (distribution === "normal") {
    const deviation = Math.sqrt(variance);
    for (let i = 0; i < data.length; i++) data[i] = deviation * rng.normal();
  } else {
    const bound = Math.sqrt(3 * variance);
    for (let i = 0; i < data.length; i++) data[i] = bound * (2 * rng.uniform() - 1);
  }
}
