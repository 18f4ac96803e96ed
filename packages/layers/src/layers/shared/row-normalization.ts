import { countElements, type Shape, type Tensor } from "@nn/tensor";

import type { LayerPlan, ParameterSpec } from "../../definition.ts";
import { createConstantTensor } from "./normalization.ts";

/** Options of `planRowNormalization`, in which layer-norm and rms-norm differ. */
export interface RowNormalizationOptions {
  /** The shape of γ and β, and of the last axes of an example: D numbers that are normalized together. */
  readonly shape: Shape;
  /** Whether the mean is subtracted. If not, μ = 0. */
  readonly centered: boolean;
  readonly epsilon: number;
  /** The parameters that are learned: `weight` (γ), `bias` (β), both or neither. */
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
}

/**
 * Plans layer-norm or rms-norm: y = γ·x̂ + β with x̂ = (x − μ)·r and r = 1/√(mean((x − μ)²) + ε), for each
 * row of D numbers. x, y (N, …, D).
 */
export function planRowNormalization(
  { shape, centered, epsilon, parameters }: RowNormalizationOptions,
  inputShape: Shape,
): LayerPlan {
  const rows = countElements(inputShape) / countElements(shape);
  return {
    outputShape: inputShape,
    parameters,

    build(context) {
      const { backend } = context;
      const gamma = "weight" in parameters ? context.parameter("weight") : undefined; // (D)
      const beta = "bias" in parameters ? context.parameter("bias") : undefined; // (D)
      const weight = gamma?.value ?? createConstantTensor(backend, shape, 1);
      const bias = beta?.value ?? createConstantTensor(backend, shape, 0);
      const learned = {
        ...(gamma && { weightGradient: gamma.gradient }),
        ...(beta && { biasGradient: beta.gradient }),
      };
      const output = context.allocateBatch(inputShape);
      const means = centered ? context.allocateBatch([rows]) : undefined; // μ
      const scales = context.allocateBatch([rows]); // r
      let x: Tensor;

      return {
        // y = γ·(x − μ)·r + β
        forward(input) {
          x = input;
          const N = x.shape[0]!;
          const y = output.rows(N);
          backend.normalizeRows({ x, weight, bias, epsilon, ...momentsOf(N), out: y });
          return y; // (N, …, D)
        },

        // With g = γ·dy: dx = r·(g − mean(g) − x̂·mean(g·x̂)), because y depends on neither the mean nor the
        // scale of x. If the mean is not subtracted, mean(g) is omitted. dγ = Σ dy·x̂, dβ = Σ dy, over all
        // rows. Overwrites dy.
        backward(dy) {
          backend.normalizeRowsBackward({ x, dy, weight, ...momentsOf(dy.shape[0]!), ...learned, out: dy });
          return dy; // (N, …, D)
        },
      };

      /** Returns the buffers of μ and r for N examples. */
      function momentsOf(N: number): { mean?: Tensor; scale: Tensor } {
        const scale = scales.rows(N);
        return means === undefined ? { scale } : { mean: means.rows(N), scale };
      }
    },
  };
}
