import { sqrt, type Shape, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import type { LayerPlan, Parameter, ParameterPlan } from "./definition.ts";

/** The options that normalizing layers share. */
export const affineOption = Type.Boolean({
  default: true,
  description: "Whether a learned weight and bias follow, so that the layer can undo what it does.",
});

export function epsilonOption(value: number) {
  return Type.Number({
    exclusiveMinimum: 0,
    default: value,
    description: "Added to the variance, so that nothing is divided by zero.",
  });
}

/** γ starts as 1 and β as 0: at first, the layer only normalizes. */
export function affineParameters(affine: boolean, shape: Shape): Record<string, ParameterPlan> {
  return affine ? { weight: { shape, start: "ones" }, bias: { shape, start: "zeros" } } : {};
}

/** Sums of one number a channel, in float64, that end in a parameter's gradient. */
export class ChannelSums {
  readonly values: Float64Array;
  constructor(channels: number) {
    this.values = new Float64Array(channels);
  }

  reset(): void {
    this.values.fill(0);
  }

  addTo(parameter: Parameter | undefined): void {
    if (parameter === undefined) return;
    const { data } = parameter.gradient;
    for (let c = 0; c < data.length; c++) data[c] = data[c]! + this.values[c]!;
  }
}

export interface GroupedNormalization {
  /** x counts as rows of (P, C), C being the last axis, or the last ones together; an example is one row or more. */
  readonly positions: number;
  readonly channels: number;
  /** G: channels are normalized in groups of C / G, each over all positions of its row. */
  readonly groups: number;
  readonly epsilon: number;
  readonly affine: boolean;
  /** The shape of γ and β, C numbers. */
  readonly parameterShape: Shape;
}

/**
 * What layer-norm and group-norm have in common. With μ and σ² the mean and variance of a set of m numbers and
 * r = 1/√(σ² + ε): x̂ = (x − μ)·r and y = γ·x̂ + β. Two passes, in float64, whatever the backend stores.
 */
export function planGroupedNormalization(setting: GroupedNormalization, inputShape: Shape): LayerPlan {
  const { positions: P, channels: C, groups, epsilon, affine, parameterShape } = setting;
  const K = C / groups;
  const m = P * K;
  return {
    outputShape: inputShape,
    parameters: affineParameters(affine, parameterShape),

    build(context) {
      const gamma = affine ? context.parameter("weight") : undefined; // (C)
      const beta = affine ? context.parameter("bias") : undefined; // (C)
      const output = context.batch(inputShape);
      const rows = output.rows(context.batchSize).data.length / (P * C);
      const means = new Float64Array(rows * groups);
      const scales = new Float64Array(rows * groups); // r
      const gammaSums = new ChannelSums(C);
      const betaSums = new ChannelSums(C);
      let x: Tensor;

      return {
        // y = γ·(x − μ)·r + β
        forward(input) {
          x = input;
          const y = output.rows(x.shape[0]!);
          for (let set = 0, first = 0; first < x.data.length; set++) {
            let sum = 0;
            for (let p = 0, i = first; p < P; p++, i += C) {
              for (let k = 0; k < K; k++) sum += x.data[i + k]!;
            }
            const mean = sum / m;
            let squares = 0;
            for (let p = 0, i = first; p < P; p++, i += C) {
              for (let k = 0; k < K; k++) squares += (x.data[i + k]! - mean) * (x.data[i + k]! - mean);
            }
            const scale = 1 / sqrt(squares / m + epsilon);
            means[set] = mean;
            scales[set] = scale;

            const channel = (set % groups) * K;
            for (let p = 0, i = first; p < P; p++, i += C) {
              for (let k = 0; k < K; k++) {
                const normal = (x.data[i + k]! - mean) * scale;
                const weighted = gamma === undefined ? normal : gamma.value.data[channel + k]! * normal;
                y.data[i + k] = beta === undefined ? weighted : weighted + beta.value.data[channel + k]!;
              }
            }
            first = nextSet(first, channel);
          }
          return y; // (N, …)
        },

        // With g = γ·dy: dx = r·(g − mean(g) − x̂·mean(g·x̂)): neither the mean nor the length of x matters. Written over dy.
        // dγ = Σ dy·x̂, dβ = Σ dy, over everything that a channel's γ and β touch.
        backward(dy) {
          gammaSums.reset();
          betaSums.reset();
          for (let set = 0, first = 0; first < dy.data.length; set++) {
            const mean = means[set]!;
            const scale = scales[set]!;
            const channel = (set % groups) * K;
            let sum = 0;
            let projection = 0;
            for (let p = 0, i = first; p < P; p++, i += C) {
              for (let k = 0; k < K; k++) {
                const normal = (x.data[i + k]! - mean) * scale;
                const d = dy.data[i + k]!;
                gammaSums.values[channel + k]! += d * normal;
                betaSums.values[channel + k]! += d;
                const g = gamma === undefined ? d : gamma.value.data[channel + k]! * d;
                sum += g;
                projection += g * normal;
              }
            }
            for (let p = 0, i = first; p < P; p++, i += C) {
              for (let k = 0; k < K; k++) {
                const normal = (x.data[i + k]! - mean) * scale;
                const d = dy.data[i + k]!;
                const g = gamma === undefined ? d : gamma.value.data[channel + k]! * d;
                dy.data[i + k] = scale * (g - sum / m - normal * (projection / m));
              }
            }
            first = nextSet(first, channel);
          }
          gammaSums.addTo(gamma);
          betaSums.addTo(beta);
          return dy; // (N, …)
        },
      };
    },
  };

  /** Where the next set begins: K channels on, or at the next row. */
  function nextSet(first: number, channel: number): number {
    return channel + K < C ? first + K : first - channel + P * C;
  }
}
