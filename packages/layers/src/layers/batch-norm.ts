import { countElements, sqrt, type Activation, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { affineOption, planAffineParameters, normalizationEpsilonOption } from "./shared/normalization.ts";

/**
 * μ and σ² are the mean and variance of the m numbers of a channel in the batch. γ, β, μ, σ² (C).
 *
 * Evaluation uses the running mean and variance of the training batches, as in PyTorch: running ← (1 −
 * momentum)·running + momentum·batch. The running variance uses the unbiased m/(m − 1)·σ².
 *
 * Backward, with Σ over the m numbers of a channel:
 *
 *     dβ = Σ dy,   dγ = Σ dy·x̂ = r·Σ dy·(x − μ)
 *     dx = γ·r·(dy − dβ/m − x̂·dγ/m)                        y depends on neither the mean nor the scale of x
 *        = (dy·γr − γr·dβ/m) − (x − μ)·γr·r·dγ/m           the terms of `Backend.channelInputGradient`
 *
 * In evaluation, μ and r are constants, so dx = dy·γr. The code then sets 1/m to 0.
 */
export const batchNorm = defineLayer({
  type: "batch-norm",
  description:
    "Normalizes each channel to mean 0 and variance 1 over the batch. Evaluation uses running averages of both.",
  formula: ["y = γ·x̂ + β, x̂ = (x − μ) / √(σ² + ε), with μ and σ² of each channel over the batch"],
  shapes: "x (N, …, C) → y (N, …, C); γ, β (C)",
  paper:
    "Ioffe & Szegedy 2015, Batch normalization: accelerating deep network training by reducing internal " +
    "covariate shift",
  options: Type.Object({
    momentum: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.1,
      description: "Weight of each batch in the running averages.",
    }),
    epsilon: normalizationEpsilonOption(1e-5),
    affine: affineOption,
  }),

  plan({ momentum, epsilon, affine }, inputShape) {
    const C = inputShape.at(-1) ?? 1;
    return {
      outputShape: inputShape,
      // With one number per channel and example, a batch of one has y = β and dx = 0, so it trains nothing.
      ...(countElements(inputShape) === C && { minBatch: 2 }),
      parameters: planAffineParameters(affine, [C]),
      buffers: {
        runningMean: { shape: [C], initialization: "zeros" },
        runningVariance: { shape: [C], initialization: "ones" },
      },

      build(context) {
        const { backend } = context;
        const gamma = affine ? context.parameter("weight") : undefined; // (C)
        const beta = affine ? context.parameter("bias") : undefined; // (C)
        const runningMean = context.buffer("runningMean").value.data; // (C)
        const runningVariance = context.buffer("runningVariance").value.data; // (C)
        const output = context.allocateBatch(inputShape);
        const perChannel = (): Tensor => backend.allocate([1, C]);
        const mean = perChannel(); // μ
        const variance = perChannel(); // σ²
        const gammaR = perChannel(); // γ·r
        const shift = beta?.value ?? perChannel(); // β
        const sumOfDy = perChannel(); // Σ dy
        const sumOfDyX = perChannel(); // Σ dy·(x − μ)
        const meanTerm = perChannel(); // γ·r·dβ/m
        const lengthTerm = perChannel(); // γ·r·r·dγ/m
        const activated: { activation?: Activation } = {};
        let x: Tensor;

        /** Returns r of a channel. */
        const r = (c: number): number => 1 / sqrt(variance.data[c]! + epsilon);

        /**
         * running ← (1 − momentum)·running + momentum·batch. Does nothing if each channel has only one
         * number, because the unbiased variance is then undefined.
         */
        const remember = (m: number): void => {
          if (m < 2) return;
          for (let c = 0; c < C; c++) {
            const unbiased = (variance.data[c]! * m) / (m - 1);
            runningMean[c] = (1 - momentum) * runningMean[c]! + momentum * mean.data[c]!;
            runningVariance[c] = (1 - momentum) * runningVariance[c]! + momentum * unbiased;
          }
        };

        return {
          fuse(activation) {
            activated.activation = activation;
          },

          // y = (x − μ)·γ·r + β, then the fused activation if there is one
          forward(input, { training }) {
            x = input;
            const y = output.rows(x.shape[0]!);
            if (training) {
              backend.channelMoments({ x, mean, variance });
              remember(x.data.length / C);
            } else {
              mean.data.set(runningMean);
              variance.data.set(runningVariance);
            }
            for (let c = 0; c < C; c++) gammaR.data[c] = (gamma?.value.data[c] ?? 1) * r(c);
            backend.normalizeChannels({ x, mean, scale: gammaR, shift, out: y, ...activated });
            return y; // (N, …, C)
          },

          // Overwrites dy.
          backward(dy, { training }) {
            backend.channelGradientSums({ x, dy, mean, sum: sumOfDy, projection: sumOfDyX });
            const share = training ? C / dy.data.length : 0; // 1/m
            for (let c = 0; c < C; c++) {
              const dGamma = sumOfDyX.data[c]! * r(c);
              const dBeta = sumOfDy.data[c]!;
              if (gamma !== undefined) gamma.gradient.data[c]! += dGamma;
              if (beta !== undefined) beta.gradient.data[c]! += dBeta;
              meanTerm.data[c] = gammaR.data[c]! * dBeta * share;
              lengthTerm.data[c] = gammaR.data[c]! * r(c) * dGamma * share;
            }
            const terms = { slope: gammaR, offset: meanTerm, inputSlope: lengthTerm };
            backend.channelInputGradient({ x, dy, mean, ...terms, out: dy });
            return dy; // (N, …, C)
          },
        };
      },
    };
  },
});
