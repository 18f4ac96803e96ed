import type { Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { computePoolWindow, poolOptions, getCoveredPixels } from "./shared/pool-window.ts";

/**
 * dy is added to dx at the largest pixel of the window. Padding is never the largest.
 *
 * Ties go to the first pixel in row-major order, as in PyTorch. NaN counts as the largest number, so it
 * propagates.
 */
export const maxPool2d = defineLayer({
  type: "max-pool2d",
  description:
    "Shrinks an image: each output is the largest number in a window. It detects whether a " +
    "pattern is present, but not its exact position.",
  formula: "y[n, oy, ox, c] = max x[n, iy, ix, c] over the window",
  shapes: "x (N, H, W, C) → y (N, OH, OW, C)",
  example: "{ type: max-pool2d, poolSize: 2 }",
  options: Type.Object(poolOptions),

  plan(options, inputShape) {
    const window = computePoolWindow("max-pool2d", options, inputShape);
    const { height: H, width: W, outputHeight: OH, outputWidth: OW } = window;
    const C = inputShape[2]!;
    const outputShape = [OH, OW, C];

    return {
      outputShape,
      build(context) {
        const { backend } = context;
        // The pixel range of each window, in memory that the kernels can read.
        const { top, bottom, left, right } = getCoveredPixels(window);
        const placed = (list: Int32Array): Int32Array => {
          const copy = backend.allocateIntegers(list.length);
          copy.set(list);
          return copy;
        };
        const seen = { top: placed(top), bottom: placed(bottom), left: placed(left), right: placed(right) };
        const output = context.allocateBatch(outputShape);
        const inputGradient = context.needsInputGradient ? context.allocateBatch([H, W, C]) : undefined;
        // The index in x of the pixel that each output copies.
        const indices = backend.allocateIntegers(context.batchSize * OH * OW * C);

        return {
          // y = max over the window
          forward(x: Tensor) {
            const y = output.rows(x.shape[0]!);
            backend.maxPool({ x, ...seen, out: y, indices });
            return y; // (N, OH, OW, C)
          },

          // dx[place] += dy, because no other pixel of the window affects the output. Overlapping windows are
          // added in window order.
          backward(dy) {
            if (inputGradient === undefined) return dy;
            const dx = inputGradient.rows(dy.shape[0]!);
            backend.maxPoolBackward({ dy, indices, dx });
            return dx; // (N, H, W, C)
          },
        };
      },
    };
  },
});
