import type { Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";

/** dx = dy where x > 0, else a·dy; da = Σ dy·x over x ≤ 0. a is (C), or (1) if all channels share it. */
export const prelu = defineLayer({
  type: "prelu",
  description: "A leaky-relu that learns its slope.",
  formula: "y = x where x > 0, else a·x",
  shapes: "x (N, …, C) → y (N, …, C); a (C) or (1)",
  paper: "He, Zhang, Ren & Sun 2015, Delving deep into rectifiers",
  options: Type.Object({
    perChannel: Type.Boolean({
      default: false,
      description: "Whether each channel (each index of the last axis) learns its own slope.",
    }),
    start: Type.Number({ default: 0.25, description: "The slope before training." }),
  }),

  plan({ perChannel, start }, inputShape) {
    const slopes = perChannel ? (inputShape.at(-1) ?? 1) : 1;
    return {
      outputShape: inputShape,
      parameters: { slope: { shape: [slopes], initialization: { constant: start } } },
      build(context) {
        const a = context.parameter("slope"); // (C) or (1)
        const da = new Float64Array(slopes);
        const output = context.allocateBatch(inputShape);
        let x: Tensor;

        return {
          // y = x where x > 0, else a·x
          forward(input) {
            x = input;
            const y = output.rows(x.shape[0]!);
            for (let i = 0; i < x.data.length; i++) {
              y.data[i] = x.data[i]! > 0 ? x.data[i]! : a.value.data[i % slopes]! * x.data[i]!;
            }
            return y; // (N, …, C)
          },

          backward(dy) {
            da.fill(0);
            for (let i = 0; i < dy.data.length; i++) {
              if (x.data[i]! > 0) continue;
              // da = Σ dy·x over x ≤ 0, where ∂y/∂a = x.
              da[i % slopes]! += dy.data[i]! * x.data[i]!;
              // dx = a·dy. Overwrites dy, which already equals dx where x > 0.
              dy.data[i] = a.value.data[i % slopes]! * dy.data[i]!;
            }
            for (let c = 0; c < slopes; c++) a.gradient.data[c] = a.gradient.data[c]! + da[c]!;
            return dy; // (N, …, C)
          },
        };
      },
    };
  },
});
