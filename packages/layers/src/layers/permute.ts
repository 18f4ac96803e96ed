import { formatShape, ShapeError, countElements, type Shape } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";

/** [1, 0] transposes; with [2, 0, 1], y[n, c, h, w] = x[n, h, w, c]. */
export const permute = defineLayer({
  type: "permute",
  description: "Reorders the axes of each example.",
  formula: "axis a of y is axis axes[a] of x",
  shapes: "x (N, H, W, C) → y with its axes in another order",
  example: "{ type: permute, axes: [1, 0, 2] }",
  options: Type.Object({
    axes: Type.Array(Type.Integer({ minimum: 0 }), {
      minItems: 1,
      description:
        "For each axis of the output, the number of the input axis. Axes are numbered from 0, without the batch.",
    }),
  }),

  plan({ axes }, inputShape) {
    if ([...axes].sort((a, b) => a - b).join() !== [...inputShape.keys()].join()) {
      throw new ShapeError(
        `permute: axes must name each of the ${inputShape.length} axes of ${formatShape(inputShape)} once, ` +
          `from 0 to ${inputShape.length - 1}, got [${axes.join(", ")}].`,
      );
    }
    const outputShape = axes.map((axis) => inputShape[axis]!);

    return {
      outputShape,
      build(context) {
        const source = sources(axes, inputShape);
        const output = context.allocateBatch(outputShape);
        const inputGradient = context.allocateBatch(inputShape);
        const D = source.length;

        return {
          // y[n, j] = x[n, source[j]]
          forward(x) {
            const y = output.rows(x.shape[0]!);
            for (let row = 0; row < x.data.length; row += D) {
              for (let j = 0; j < D; j++) y.data[row + j] = x.data[row + source[j]!]!;
            }
            return y; // (N, …)
          },

          // dx[n, source[j]] = dy[n, j]: the inverse permutation.
          backward(dy) {
            const dx = inputGradient.rows(dy.shape[0]!);
            for (let row = 0; row < dy.data.length; row += D) {
              for (let j = 0; j < D; j++) dx.data[row + source[j]!] = dy.data[row + j]!;
            }
            return dx; // (N, …)
          },
        };
      },
    };
  },
});

/** Returns, for each number of the permuted example, its index in the original example. */
function sources(axes: readonly number[], inputShape: Shape): Int32Array {
  // The strides of the input along each axis of the output.
  const strides = axes.map((axis) => countElements(inputShape.slice(axis + 1)));
  const extents = axes.map((axis) => inputShape[axis]!);
  return Int32Array.from({ length: countElements(inputShape) }, (_, j) => {
    let place = 0;
    let rest = j;
    for (let a = axes.length - 1; a >= 0; a--) {
      place += (rest % extents[a]!) * strides[a]!;
      rest = Math.floor(rest / extents[a]!);
    }
    return place;
  });
}
