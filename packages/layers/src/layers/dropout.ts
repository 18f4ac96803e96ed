import { Type } from "typebox";

import { defineLayer } from "../definition.ts";

/**
 * dx = dy · m / (1 − rate).
 *
 * Inverted dropout: training scales up the numbers that are kept, so evaluation is the identity. The backend
 * draws the mask m (`Backend.dropout`). It is not stored: the backward pass draws it again from the random
 * stream of (layer, step).
 */
export const dropout = defineLayer({
  type: "dropout",
  description: "Sets random numbers to zero in training, so that no neuron depends on a single other neuron.",
  formula: "y = x · m / (1 − rate), where m is 0 with probability rate, else 1",
  shapes: "x (N, …) → y (N, …)",
  example: "{ type: dropout, rate: 0.3 }",
  paper: "Srivastava et al. 2014, Dropout: a simple way to prevent neural networks from overfitting",
  options: Type.Object({
    rate: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.5,
      description: "Fraction of the numbers that are set to zero.",
    }),
  }),

  plan({ rate }, inputShape) {
    return {
      outputShape: inputShape,
      build(context) {
        const { backend, rng } = context;
        const output = context.allocateBatch(inputShape);

        return {
          // y = x · m / (1 − rate)
          forward(x, pass) {
            if (!pass.training) return x;
            const y = output.rows(x.shape[0]!);
            backend.dropout(x, rate, rng.fork(pass.step).key, y);
            return y; // (N, …)
          },

          // dx = dy · m / (1 − rate), with the same m; overwrites dy.
          backward(dy, pass) {
            if (!pass.training) return dy;
            backend.dropout(dy, rate, rng.fork(pass.step).key, dy);
            return dy; // (N, …)
          },
        };
      },
    };
  },
});
