import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { getSequenceShape } from "./shared/sequence-shape.ts";

/** dx[n, t, d] = dy[n, d] / T. */
export const globalAveragePool1d = defineLayer({
  type: "global-average-pool1d",
  description:
    "Averages a sequence over its time steps. The output is one row of numbers, as a dense layer needs.",
  formula: "y[n, d] = Σ_t x[n, t, d] / T",
  shapes: "x (N, T, D) → y (N, D)",
  options: Type.Object({}),

  plan(_options, inputShape) {
    const { T, D } = getSequenceShape(
      "global-average-pool1d",
      inputShape,
      `If these are images, use "global-average-pool2d".`,
    );
    return {
      outputShape: [D],
      build(context) {
        const output = context.allocateBatch([D]);
        const inputGradient = context.allocateBatch([T, D]);
        return {
          forward(x) {
            const y = output.rows(x.shape[0]!);
            for (let i = 0; i < y.data.length; i++) {
              const first = Math.floor(i / D) * T * D + (i % D); // example n, feature d
              let sum = 0;
              for (let t = 0; t < T; t++) sum += x.data[first + t * D]!;
              y.data[i] = sum / T;
            }
            return y; // (N, D)
          },

          backward(dy) {
            const dx = inputGradient.rows(dy.shape[0]!);
            for (let i = 0; i < dy.data.length; i++) {
              const first = Math.floor(i / D) * T * D + (i % D);
              for (let t = 0; t < T; t++) dx.data[first + t * D] = dy.data[i]! / T;
            }
            return dx; // (N, T, D)
          },
        };
      },
    };
  },
});
