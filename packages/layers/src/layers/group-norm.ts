import { formatShape, ShapeError, countElements, sqrt, type Batch, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import {
  affineOption,
  planAffineParameters,
  createConstantTensor,
  normalizationEpsilonOption,
} from "./shared/normalization.ts";
import { requireNormalizedCount } from "./shared/normalized-count.ts";

/**
 * μ and σ² are the mean and variance over all positions and C / groups adjacent channels of one example.
 *
 * Backward, with x̂ = (x − μ)·r and r = 1/√(σ² + ε), g = γ·dy, and means over the m numbers of a group:
 *
 *     dβ = Σ dy,   dγ = Σ dy·x̂                              over all numbers of a channel
 *     dx = r·(g − mean(g) − x̂·mean(g·x̂))                   y depends on neither the mean nor the scale of x
 *        = (dy·γr − r·Σg/m) − (x − μ)·r·r·Σ(g·x̂)/m         the terms of `Backend.channelInputGradient`
 */
export const groupNorm = defineLayer({
  type: "group-norm",
  description:
    "Normalizes each group of channels of each example to mean 0 and variance 1, for any batch size.",
  formula: "y = γ·(x − μ) / √(σ² + ε) + β, with μ and σ² over all positions and channels of a group",
  shapes: "x (N, …, C) → y (N, …, C); γ, β (C)",
  example: "{ type: group-norm, groups: 4 }",
  paper: "Wu & He 2018, Group normalization",
  options: Type.Object({
    groups: Type.Integer({
      minimum: 1,
      description:
        "Number of groups that the channels are divided into. One channel per group is instance normalization.",
    }),
    epsilon: normalizationEpsilonOption(1e-5),
    affine: affineOption,
  }),

  plan({ groups, epsilon, affine }, inputShape) {
    const channels = inputShape.at(-1) ?? 0;
    if (channels === 0 || channels % groups !== 0) {
      throw new ShapeError(
        `group-norm: the last axis must be a multiple of ${groups} channels, got ${formatShape(inputShape)}. ` +
          `Set "groups" to a number that divides ${channels}.`,
      );
    }
    const K = channels / groups;
    const m = countElements(inputShape) / groups;
    const fewer = channels > 1 ? ` Set "groups" to a smaller number that divides ${channels}.` : "";
    requireNormalizedCount("group-norm", m, inputShape, `Each of ${groups} groups has one.${fewer}`);

    return {
      outputShape: inputShape,
      parameters: planAffineParameters(affine, [channels]),

      build(context) {
        const { backend } = context;
        const gamma = affine ? context.parameter("weight") : undefined; // (C)
        const beta = affine ? context.parameter("bias") : undefined; // (C)
        const weight = gamma?.value ?? createConstantTensor(backend, [channels], 1);
        const shift = beta?.value ?? createConstantTensor(backend, [channels], 0);
        const output = context.allocateBatch(inputShape);
        const perChannel = (): Batch => context.allocateBatch([channels]);
        const means = perChannel(); // first μ per channel, then μ of its group
        const variances = perChannel(); // first σ² per channel, then r of its group
        const slopes = perChannel(); // γ·r
        const sums = perChannel(); // Σ dy
        const projections = perChannel(); // Σ dy·(x − μ)
        const meanTerms = perChannel(); // r·Σg/m
        const lengthTerms = perChannel(); // r·r·Σ(g·x̂)/m
        let x: Tensor;

        return {
          // y = (x − μ)·γ·r + β
          forward(input) {
            x = input;
            const N = x.shape[0]!;
            const y = output.rows(N);
            const [mean, variance, scale] = [means.rows(N), variances.rows(N), slopes.rows(N)];
            backend.channelMoments({ x, mean, variance });
            for (let first = 0; first < mean.data.length; first += K) {
              // The mean of a group is the mean of its channel means. Its variance is the mean of the channel
              // variances plus the variance of the channel means.
              let mu = 0;
              for (let c = first; c < first + K; c++) mu += mean.data[c]! / K;
              let square = 0;
              for (let c = first; c < first + K; c++) {
                square += (variance.data[c]! + (mean.data[c]! - mu) * (mean.data[c]! - mu)) / K;
              }
              const r = 1 / sqrt(square + epsilon);
              for (let c = first; c < first + K; c++) {
                mean.data[c] = mu;
                variance.data[c] = r;
                scale.data[c] = weight.data[c % channels]! * r;
              }
            }
            backend.normalizeChannels({ x, mean, scale, shift, out: y });
            return y; // (N, …, C)
          },

          // Overwrites dy.
          backward(dy) {
            const N = dy.shape[0]!;
            const [mean, scale, slope] = [means.rows(N), variances.rows(N), slopes.rows(N)];
            const [sum, projection] = [sums.rows(N), projections.rows(N)];
            const [meanTerm, lengthTerm] = [meanTerms.rows(N), lengthTerms.rows(N)];
            backend.channelGradientSums({ x, dy, mean, sum, projection });
            for (let first = 0; first < mean.data.length; first += K) {
              const r = scale.data[first]!;
              let sumOfG = 0; // Σ g
              let sumOfGX = 0; // Σ g·x̂
              for (let c = first; c < first + K; c++) {
                const dGamma = projection.data[c]! * r;
                const dBeta = sum.data[c]!;
                if (gamma !== undefined) gamma.gradient.data[c % channels]! += dGamma;
                if (beta !== undefined) beta.gradient.data[c % channels]! += dBeta;
                sumOfG += weight.data[c % channels]! * dBeta;
                sumOfGX += weight.data[c % channels]! * dGamma;
              }
              for (let c = first; c < first + K; c++) {
                meanTerm.data[c] = (r * sumOfG) / m;
                lengthTerm.data[c] = (r * r * sumOfGX) / m;
              }
            }
            backend.channelInputGradient({
              x,
              dy,
              mean,
              slope,
              offset: meanTerm,
              inputSlope: lengthTerm,
              out: dy,
            });
            return dy; // (N, …, C)
          },
        };
      },
    };
  },
});
