import { defineLayer } from "@nn/layers";
import { sigmoid, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

/** y = x · sigmoid(β·x): a smooth relative of relu (Ramachandran, Zoph & Le 2017). x and y (N, …). */
export const swish = defineLayer({
  type: "swish",
  description: "x · sigmoid(beta · x): like relu, but smooth.",
  options: Type.Object({
    beta: Type.Number({ exclusiveMinimum: 0, default: 1, description: "The larger, the closer to relu." }),
  }),

  plan({ beta }, inputShape) {
    return {
      outputShape: inputShape,
      build(context) {
        const output = context.allocateBatch(inputShape);
        let x: Tensor;
        return {
          forward(input) {
            x = input;
            const y = output.rows(x.shape[0]!);
            for (let i = 0; i < x.data.length; i++) y.data[i] = x.data[i]! * sigmoid(beta * x.data[i]!);
            return y;
          },

          // y′ = s + β·x·s·(1 − s), with s = sigmoid(β·x)
          backward(dy) {
            for (let i = 0; i < dy.data.length; i++) {
              const s = sigmoid(beta * x.data[i]!);
              dy.data[i] = dy.data[i]! * (s + beta * x.data[i]! * s * (1 - s));
            }
            return dy;
          },
        };
      },
    };
  },
});
