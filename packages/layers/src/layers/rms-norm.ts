import { sqrt, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { ChannelSums, epsilonOption } from "../normalization.ts";

/**
 * y = γ·x̂ with x̂ = x·r, r = 1/√(mean(x²) + ε), the mean over the last axis. x, y (N, …, D), γ (D). Zhang & Sennrich 2019.
 */
export const rmsNorm = defineLayer({
  type: "rms-norm",
  description:
    "Scales the numbers of the last axis to a mean square of 1: a layer-norm that leaves the mean alone.",
  options: Type.Object({
    epsilon: epsilonOption(1e-6),
    affine: Type.Boolean({ default: true, description: "Whether a learned weight follows." }),
  }),

  plan({ epsilon, affine }, inputShape) {
    const D = inputShape.at(-1) ?? 1;
    return {
      outputShape: inputShape,
      parameters: affine ? { weight: { shape: [D], start: "ones" } } : {},

      build(context) {
        const gamma = affine ? context.parameter("weight") : undefined; // (D)
        const output = context.batch(inputShape);
        const scales = new Float64Array(output.rows(context.batchSize).data.length / D); // r
        const gammaSums = new ChannelSums(D);
        let x: Tensor;

        return {
          // y = γ·x·r
          forward(input) {
            x = input;
            const y = output.rows(x.shape[0]!);
            for (let row = 0, first = 0; first < x.data.length; row++, first += D) {
              let squares = 0;
              for (let j = 0; j < D; j++) squares += x.data[first + j]! * x.data[first + j]!;
              const scale = 1 / sqrt(squares / D + epsilon);
              scales[row] = scale;
              for (let j = 0; j < D; j++) {
                const normal = x.data[first + j]! * scale;
                y.data[first + j] = gamma === undefined ? normal : gamma.value.data[j]! * normal;
              }
            }
            return y; // (N, …, D)
          },

          // With g = γ·dy: dx = r·(g − x̂·mean(g·x̂)): the length of x does not matter. Written over dy. dγ = Σ dy·x̂.
          backward(dy) {
            gammaSums.reset();
            for (let row = 0, first = 0; first < dy.data.length; row++, first += D) {
              const scale = scales[row]!;
              let projection = 0;
              for (let j = 0; j < D; j++) {
                const normal = x.data[first + j]! * scale;
                const d = dy.data[first + j]!;
                gammaSums.values[j]! += d * normal;
                projection += (gamma === undefined ? d : gamma.value.data[j]! * d) * normal;
              }
              for (let j = 0; j < D; j++) {
                const d = dy.data[first + j]!;
                const g = gamma === undefined ? d : gamma.value.data[j]! * d;
                dy.data[first + j] = scale * (g - x.data[first + j]! * scale * (projection / D));
              }
            }
            gammaSums.addTo(gamma);
            return dy; // (N, …, D)
          },
        };
      },
    };
  },
});
