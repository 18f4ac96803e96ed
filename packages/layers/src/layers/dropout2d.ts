import { formatShape, ShapeError, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";

/** dx = dy · m / (1 − rate). */
export const dropout2d = defineLayer({
  type: "dropout2d",
  description:
    "Sets random channels of each image to zero in training. Neighbouring pixels are " +
    "correlated, so dropping single pixels has little effect.",
  formula: "y[n, …, c] = x[n, …, c] · m[n, c] / (1 − rate), where m is 0 with probability rate, else 1",
  shapes: "x (N, H, W, C) → y (N, H, W, C)",
  example: "{ type: dropout2d, rate: 0.2 }",
  paper: "Tompson et al. 2015, Efficient object localization using convolutional networks",
  options: Type.Object({
    rate: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.5,
      description: "Fraction of the channels that are set to zero.",
    }),
  }),

  plan({ rate }, inputShape) {
    const C = inputShape.at(-1);
    if (C === undefined || inputShape.length < 2) {
      throw new ShapeError(
        `dropout2d: input must be (H, W, C), got ${formatShape(inputShape)}. For features, use "dropout".`,
      );
    }
    return {
      outputShape: inputShape,
      build(context) {
        const { backend, rng, batchSize } = context;
        const output = context.allocateBatch(inputShape);
        const factors = context.allocateBatch([C]); // m / (1 − rate) of the last forward pass
        const ones = context.allocateBatch([C]);
        ones.rows(batchSize).data.fill(1);

        /** y[n, …, c] = x[n, …, c] · factor[n, c]; y may be x. */
        const scaleChannels = (x: Tensor, y: Tensor): void => {
          const factor = factors.rows(x.shape[0]!).data;
          const size = x.data.length / x.shape[0]!;
          for (let i = 0; i < x.data.length; i++) {
            y.data[i] = x.data[i]! * factor[Math.floor(i / size) * C + (i % C)]!;
          }
        };

        return {
          // y = x · m / (1 − rate)
          forward(x, pass) {
            if (!pass.training) return x;
            const N = x.shape[0]!;
            backend.dropout(ones.rows(N), rate, rng.fork(pass.step).key, factors.rows(N));
            const y = output.rows(N);
            scaleChannels(x, y);
            return y; // (N, H, W, C)
          },

          // dx = dy · m / (1 − rate), with the same m; overwrites dy.
          backward(dy, pass) {
            if (pass.training) scaleChannels(dy, dy);
            return dy; // (N, H, W, C)
          },
        };
      },
    };
  },
});
