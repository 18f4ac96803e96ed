import type { Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";

/**
 * dx[c] = y[c]·(dy[c] − Σ_k dy[k]·y[k]), over the last axis, C. Do not put this layer before the
 * cross-entropy loss, which applies a softmax itself.
 */
export const softmax = defineLayer({
  type: "softmax",
  description:
    "Turns the numbers of the last axis into probabilities that sum to 1. The cross-entropy loss already includes it.",
  formula: "y[c] = e^x[c] / Σ_k e^x[k]",
  shapes: "x (N, …, C) → y (N, …, C)",
  paper: "Bridle 1990, Probabilistic interpretation of feedforward classification network outputs",
  options: Type.Object({}),

  plan(_options, inputShape) {
    const C = inputShape.at(-1) ?? 1;
    return {
      outputShape: inputShape,
      build(context) {
        const { backend } = context;
        const output = context.allocateBatch(inputShape);
        let y: Tensor;

        return {
          // y = e^(x − m) / Σ e^(x − m), with m the largest number of the row. Subtracting m avoids overflow
          // and does not change y.
          forward(x) {
            y = output.rows(x.shape[0]!);
            backend.softmax({ x, columns: C, scale: 1, out: y });
            return y; // (…, C)
          },

          // dx = y·(dy − Σ dy·y), with the sum over the row. Overwrites dy.
          backward(dy) {
            backend.softmaxBackward({ y, dy, columns: C, scale: 1, out: dy });
            return dy; // (…, C)
          },
        };
      },
    };
  },
});
