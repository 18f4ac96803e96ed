import { countElements } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { createView } from "./shared/view.ts";

/** Views the same numbers in the same order with another shape. Copies nothing. */
export const flatten = defineLayer({
  type: "flatten",
  description: "Flattens each example to one row of numbers, as a dense layer needs.",
  formula: "y[n, (h·W + w)·C + c] = x[n, h, w, c]",
  shapes: "x (N, H, W, C) → y (N, H·W·C)",
  options: Type.Object({}),

  plan(_options, inputShape) {
    const outputShape = [countElements(inputShape)]; // D = H·W·C
    return {
      outputShape,
      build() {
        const flat = createView(outputShape);
        const original = createView(inputShape);
        return {
          forward: (x) => flat(x), // (N, D)
          backward: (dy) => original(dy), // (N, H, W, C)
        };
      },
    };
  },
});
