import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { computePoolWindow, poolOptions, getCoveredPixels } from "./shared/pool-window.ts";

/**
 * dx[n, iy, ix, c] = Σ dy / K over the windows that contain the pixel.
 *
 * By default, K is the number of pixels in the window including padding, as with `count_include_pad=True` in
 * PyTorch. If countIncludePad is false, K is the number of image pixels in the window, as in Keras with
 * padding "same". The mean is computed in float64 and rounded once.
 */
export const averagePool2d = defineLayer({
  type: "average-pool2d",
  description: "Shrinks an image: each output is the mean of the numbers in a window.",
  formula: "y[n, oy, ox, c] = Σ x[n, iy, ix, c] / K over the window of K pixels",
  shapes: "x (N, H, W, C) → y (N, OH, OW, C)",
  example: "{ type: average-pool2d, poolSize: 2 }",
  options: Type.Object({
    ...poolOptions,
    countIncludePad: Type.Boolean({
      default: true,
      description:
        "Whether the mean includes zeros around the image. PyTorch's default is true; Keras uses false.",
    }),
  }),

  plan({ countIncludePad, ...options }, inputShape) {
    const window = computePoolWindow("average-pool2d", options, inputShape);
    const { height: H, width: W, outputHeight: OH, outputWidth: OW } = window;
    const C = inputShape[2]!;
    const outputShape = [OH, OW, C];

    return {
      outputShape,
      build(context) {
        const { top, bottom, left, right } = getCoveredPixels(window);
        const output = context.allocateBatch(outputShape);
        const inputGradient = context.needsInputGradient ? context.allocateBatch([H, W, C]) : undefined;
        // (OH, OW): divisor of each window
        const K = new Int32Array(OH * OW).fill(window.kernelHeight * window.kernelWidth);
        if (!countIncludePad) {
          for (let o = 0; o < K.length; o++) {
            const [oy, ox] = [Math.floor(o / OW), o % OW];
            K[o] = (bottom[oy]! - top[oy]!) * (right[ox]! - left[ox]!);
          }
        }

        return {
          // y = Σ x / K
          forward(x) {
            const N = x.shape[0]!;
            const y = output.rows(N);
            let at = 0;
            for (let n = 0; n < N; n++) {
              for (let oy = 0; oy < OH; oy++) {
                for (let ox = 0; ox < OW; ox++) {
                  for (let c = 0; c < C; c++, at++) {
                    let sum = 0;
                    for (let iy = top[oy]!; iy < bottom[oy]!; iy++) {
                      for (let ix = left[ox]!; ix < right[ox]!; ix++) {
                        sum += x.data[((n * H + iy) * W + ix) * C + c]!;
                      }
                    }
                    y.data[at] = sum / K[oy * OW + ox]!;
                  }
                }
              }
            }
            return y; // (N, OH, OW, C)
          },

          // dx += dy / K for each pixel of the window. Overlapping windows are added in window order.
          backward(dy) {
            if (inputGradient === undefined) return dy;
            const N = dy.shape[0]!;
            const dx = inputGradient.rows(N);
            dx.data.fill(0);
            let at = 0;
            for (let n = 0; n < N; n++) {
              for (let oy = 0; oy < OH; oy++) {
                for (let ox = 0; ox < OW; ox++) {
                  for (let c = 0; c < C; c++, at++) {
                    const share = dy.data[at]! / K[oy * OW + ox]!;
                    for (let iy = top[oy]!; iy < bottom[oy]!; iy++) {
                      for (let ix = left[ox]!; ix < right[ox]!; ix++) {
                        dx.data[((n * H + iy) * W + ix) * C + c]! += share;
                      }
                    }
                  }
                }
              }
            }
            return dx; // (N, H, W, C)
          },
        };
      },
    };
  },
});
