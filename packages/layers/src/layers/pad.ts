import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { getImageShape } from "./shared/image-shape.ts";
import { toPair } from "./shared/window.ts";

const zeros = Type.Integer({ minimum: 0 });
const direction = Type.Union([zeros, Type.Array(zeros, { minItems: 2, maxItems: 2 })]);

/** Adds zeros around an image. dx is dy without the padding. */
export const pad = defineLayer({
  type: "pad",
  description: "Puts zeros around an image.",
  formula: "y[n, top + iy, left + ix, c] = x[n, iy, ix, c], zero elsewhere",
  shapes: "x (N, H, W, C) → y (N, top + H + bottom, left + W + right, C)",
  example: "{ type: pad, padding: 2 }",
  options: Type.Object({
    padding: Type.Union([zeros, Type.Array(direction, { minItems: 2, maxItems: 2 })], {
      description:
        "Rows and columns of zeros: one number for all sides, [height, width], or [[top, bottom], [left, " +
        "right]], as in Keras.",
    }),
  }),

  plan({ padding }, inputShape) {
    const [H, W, C] = getImageShape("pad", inputShape);
    const [vertical, horizontal] = typeof padding === "number" ? [padding, padding] : padding;
    const [top, bottom] = toPair(vertical!);
    const [left, right] = toPair(horizontal!);
    const outputShape = [top + H + bottom, left + W + right, C];
    const [OH, OW] = outputShape;

    return {
      outputShape,
      build(context) {
        const output = context.allocateBatch(outputShape); // zeros at first; the padding stays zero
        const inputGradient = context.needsInputGradient ? context.allocateBatch(inputShape) : undefined;
        // A row of the image is contiguous in x and in y. `inX` and `inY` return the index of its first
        // number.
        const length = W * C;
        const inX = (n: number, iy: number) => (n * H + iy) * length;
        const inY = (n: number, iy: number) => ((n * OH! + top + iy) * OW! + left) * C;

        return {
          // y[top + iy, left + ix] = x[iy, ix]
          forward(x) {
            const N = x.shape[0]!;
            const y = output.rows(N);
            for (let n = 0; n < N; n++) {
              for (let iy = 0; iy < H; iy++) {
                const [from, to] = [inX(n, iy), inY(n, iy)];
                for (let i = 0; i < length; i++) y.data[to + i] = x.data[from + i]!;
              }
            }
            return y; // (N, OH, OW, C)
          },

          // dx[iy, ix] = dy[top + iy, left + ix]; the gradient of the padding is not used.
          backward(dy) {
            if (inputGradient === undefined) return dy;
            const N = dy.shape[0]!;
            const dx = inputGradient.rows(N);
            for (let n = 0; n < N; n++) {
              for (let iy = 0; iy < H; iy++) {
                const [from, to] = [inY(n, iy), inX(n, iy)];
                for (let i = 0; i < length; i++) dx.data[to + i] = dy.data[from + i]!;
              }
            }
            return dx; // (N, H, W, C)
          },
        };
      },
    };
  },
});
