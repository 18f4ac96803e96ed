import { formatShape, ShapeError, countElements, type Shape } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { createView } from "./shared/view.ts";

/** Views the same numbers in the same order with another shape. Copies nothing. */
export const reshape = defineLayer({
  type: "reshape",
  description: "Gives each example another shape. The numbers and their order stay the same.",
  formula: "y has the numbers of x, in the same order",
  shapes: "x (N, …) → y (N, …shape)",
  example: "{ type: reshape, shape: [-1, 28] }",
  options: Type.Object({
    shape: Type.Array(Type.Integer({ minimum: -1 }), {
      minItems: 1,
      description: "The shape of one example. One extent may be -1: it is computed from the others.",
    }),
  }),

  plan({ shape }, inputShape) {
    const outputShape = complete(shape, inputShape);
    return {
      outputShape,
      build() {
        const reshaped = createView(outputShape);
        const original = createView(inputShape);
        return {
          forward: (x) => reshaped(x), // (N, …shape)
          backward: (dy) => original(dy), // (N, …)
        };
      },
    };
  },
});

/**
 * Returns the shape with -1 replaced by the missing size. Throws ShapeError if the shape is invalid, or does
 * not have as many elements as the input.
 */
function complete(shape: Shape, inputShape: Shape): Shape {
  const size = countElements(inputShape);
  const known = countElements(shape.filter((extent) => extent !== -1));
  const open = shape.filter((extent) => extent === -1).length;
  if (open > 1 || shape.includes(0)) {
    throw new ShapeError(
      `reshape: shape must be whole numbers from 1, one of which may be -1, got ${formatShape(shape)}.`,
    );
  }
  if (open === 0 ? known !== size : size % known !== 0) {
    throw new ShapeError(
      `reshape: ${formatShape(inputShape)} is ${size} numbers, which do not fit into ${formatShape(shape)}. ` +
        `The extents must multiply to ${size}; one may be -1.`,
    );
  }
  return shape.map((extent) => (extent === -1 ? size / known : extent));
}
