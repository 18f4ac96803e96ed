import { sqrt, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { affineOption, affineParameters, ChannelSums, epsilonOption } from "../normalization.ts";

/**
 * y = γ·x̂ + β with x̂ = (x − μ)·r, r = 1/√(σ² + ε), for each channel by itself: μ and σ² are over all m numbers of a channel in
 * the batch. x, y (N, …, C); γ, β, μ, σ² (C). Ioffe & Szegedy 2015.
 *
 * Evaluation takes the running mean and variance of the training batches instead, running ← (1 − momentum)·running +
 * momentum·batch, the variance there being m/(m − 1)·σ²; all as in PyTorch.
 */
export const batchNorm = defineLayer({
  type: "batch-norm",
  description:
    "Gives each channel mean 0 and variance 1 over the batch; evaluation uses running averages of both.",
  options: Type.Object({
    momentum: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.1,
      description: "The share of each batch in the running averages.",
    }),
    epsilon: epsilonOption(1e-5),
    affine: affineOption,
  }),

  plan({ momentum, epsilon, affine }, inputShape) {
    const C = inputShape.at(-1) ?? 1;
    return {
      outputShape: inputShape,
      parameters: affineParameters(affine, [C]),
      state: {
        runningMean: { shape: [C], start: "zeros" },
        runningVariance: { shape: [C], start: "ones" },
      },

      build(context) {
        const gamma = affine ? context.parameter("weight") : undefined; // (C)
        const beta = affine ? context.parameter("bias") : undefined; // (C)
        const runningMean = context.state("runningMean").value.data; // (C)
        const runningVariance = context.state("runningVariance").value.data; // (C)
        const output = context.batch(inputShape);
        // What the last forward pass normalized with, in float64.
        const mean = new Float64Array(C); // μ
        const variance = new Float64Array(C); // σ²
        const scale = new Float64Array(C); // r
        const gammaSums = new ChannelSums(C);
        const betaSums = new ChannelSums(C);
        let x: Tensor;

        /** running ← (1 − momentum)·running + momentum·batch. One number a channel has no variance: nothing to learn from. */
        const remember = (m: number): void => {
          if (m < 2) return;
          for (let c = 0; c < C; c++) {
            const unbiased = (variance[c]! * m) / (m - 1);
            runningMean[c] = (1 - momentum) * runningMean[c]! + momentum * mean[c]!;
            runningVariance[c] = (1 - momentum) * runningVariance[c]! + momentum * unbiased;
          }
        };

        return {
          // y = γ·(x − μ)·r + β
          forward(input, { training }) {
            x = input;
            const y = output.rows(x.shape[0]!);
            if (training) {
              measure(x, mean, variance);
              remember(x.data.length / C);
            } else {
              mean.set(runningMean);
              variance.set(runningVariance);
            }
            for (let c = 0; c < C; c++) scale[c] = 1 / sqrt(variance[c]! + epsilon);
            for (let row = 0; row < x.data.length; row += C) {
              for (let c = 0; c < C; c++) {
                const normal = (x.data[row + c]! - mean[c]!) * scale[c]!;
                const weighted = gamma === undefined ? normal : gamma.value.data[c]! * normal;
                y.data[row + c] = beta === undefined ? weighted : weighted + beta.value.data[c]!;
              }
            }
            return y; // (N, …, C)
          },

          backward(dy, { training }) {
            // dγ = Σ dy·x̂ and dβ = Σ dy, over all numbers of a channel.
            gammaSums.reset();
            betaSums.reset();
            for (let row = 0; row < dy.data.length; row += C) {
              for (let c = 0; c < C; c++) {
                gammaSums.values[c]! += dy.data[row + c]! * (x.data[row + c]! - mean[c]!) * scale[c]!;
                betaSums.values[c]! += dy.data[row + c]!;
              }
            }
            // dx = γ·r·(dy − dβ/m − x̂·dγ/m): neither the mean nor the length of x matters. In evaluation μ and r are constants:
            // dx = γ·r·dy. Written over dy.
            const share = training ? C / dy.data.length : 0;
            for (let row = 0; row < dy.data.length; row += C) {
              for (let c = 0; c < C; c++) {
                const normal = (x.data[row + c]! - mean[c]!) * scale[c]!;
                const common = (betaSums.values[c]! + normal * gammaSums.values[c]!) * share;
                const slope = gamma === undefined ? scale[c]! : gamma.value.data[c]! * scale[c]!;
                dy.data[row + c] = slope * (dy.data[row + c]! - common);
              }
            }
            gammaSums.addTo(gamma);
            betaSums.addTo(beta);
            return dy; // (N, …, C)
          },
        };
      },
    };
  },
});

/** The mean and the (biased) variance of each channel, over all rows of x (m, C), in two passes. */
function measure({ data }: Tensor, mean: Float64Array, variance: Float64Array): void {
  const C = mean.length;
  const m = data.length / C;
  mean.fill(0);
  for (let row = 0; row < data.length; row += C) {
    for (let c = 0; c < C; c++) mean[c]! += data[row + c]!;
  }
  for (let c = 0; c < C; c++) mean[c]! /= m;
  variance.fill(0);
  for (let row = 0; row < data.length; row += C) {
    for (let c = 0; c < C; c++) variance[c]! += (data[row + c]! - mean[c]!) * (data[row + c]! - mean[c]!);
  }
  for (let c = 0; c < C; c++) variance[c]! /= m;
}
