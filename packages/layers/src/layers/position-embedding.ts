import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { getSequenceShape } from "./shared/sequence-shape.ts";

/**
 * Adds a learned row to each position of the sequence. Without this layer, attention without a causal mask
 * ignores the order of the steps.
 */
export const positionEmbedding = defineLayer({
  type: "position-embedding",
  description: "Adds a learned vector to each step of a sequence, which encodes the position of the step.",
  formula: "y[n, t] = x[n, t] + E[t]",
  shapes: "x (N, T, D) → y (N, T, D); E (T, D)",
  paper: "Gehring et al. 2017, Convolutional sequence to sequence learning",
  options: Type.Object({}),

  plan(_options, inputShape) {
    const { T, D } = getSequenceShape(
      "position-embedding",
      inputShape,
      `If these are images, put a "patch-embedding" layer before it.`,
    );
    return {
      outputShape: inputShape,
      parameters: { weight: { shape: [T, D], initialization: { fanIn: T, fanOut: D } } },
      build(context) {
        const E = context.parameter("weight");
        const output = context.allocateBatch(inputShape);
        return {
          // y[n] = x[n] + E
          forward(x) {
            const y = output.rows(x.shape[0]!);
            for (let i = 0; i < x.data.length; i++) y.data[i] = x.data[i]! + E.value.data[i % (T * D)]!;
            return y; // (N, T, D)
          },

          // dE = Σ_n dy[n]; dx = dy
          backward(dy) {
            context.backend.sumRows(dy, E.gradient);
            return dy; // (N, T, D)
          },
        };
      },
    };
  },
});
