import { sigmoid, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "@nn/layers";

/** y = x·σ(βx); dx = dy · (σ + βx·σ·(1 − σ)). Ramachandran et al. 2017. A custom layer with plain loops. */
export const swish = defineLayer({
  type: "swish",
  description: "A smooth relu: each number, times the sigmoid of itself.",
  options: Type.Object({
    beta: Type.Number({ exclusiveMinimum: 0, default: 1, description: "How sharp the bend is." }),
  }),
  plan: ({ beta }, inputShape) => ({
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
        backward(dy) {
          for (let i = 0; i < x.data.length; i++) {
            const s = sigmoid(beta * x.data[i]!);
            dy.data[i]! *= s + beta * x.data[i]! * s * (1 - s);
          }
          return dy;
        },
      };
    },
  }),
});
