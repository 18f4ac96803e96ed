import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { getImageShape } from "./shared/image-shape.ts";

/** dx[n, iy, ix, c] = dy[n, c] / (H·W). The mean is computed in float64 and rounded once. */
export const globalAveragePool2d = defineLayer({
  type: "global-average-pool2d",
  description: "Averages each channel over the whole image.",
  formula: "y[n, c] = Σ_{iy, ix} x[n, iy, ix, c] / (H·W)",
  shapes: "x (N, H, W, C) → y (N, C)",
  paper: "Lin, Chen & Yan 2014, Network in network",
  options: Type.Object({}),

  plan(_options, inputShape) {
    const [H, W, C] = getImageShape("global-average-pool2d", inputShape);
    return {
      outputShape: [C],
      build(context) {
        const pixels = H * W;
        const output = context.allocateBatch([C]);
        const inputGradient = context.needsInputGradient ? context.allocateBatch(inputShape) : undefined;

        return {
          // y = Σ x / (H·W)
          forward(x) {
            const N = x.shape[0]!;
            const y = output.rows(N);
            for (let n = 0; n < N; n++) {
              for (let c = 0; c < C; c++) {
                let sum = 0;
                for (let p = 0; p < pixels; p++) sum += x.data[(n * pixels + p) * C + c]!;
                y.data[n * C + c] = sum / pixels;
              }
            }
            return y; // (N, C)
          },

          // dx = dy / (H·W): every pixel contributes equally to the mean.
          backward(dy) {
            if (inputGradient === undefined) return dy;
            const N = dy.shape[0]!;
            const dx = inputGradient.rows(N);
            for (let n = 0; n < N; n++) {
              for (let c = 0; c < C; c++) {
                const share = dy.data[n * C + c]! / pixels;
                for (let p = 0; p < pixels; p++) dx.data[(n * pixels + p) * C + c] = share;
              }
            }
            return dx; // (N, H, W, C)
          },
        };
      },
    };
  },
});
