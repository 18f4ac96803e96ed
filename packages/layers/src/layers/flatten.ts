import { sizeOf } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { createView } from "./shared/view.ts";

/** The same numbers in the same order, under another shape: (N, H, W, C) → (N, H·W·C). Copies nothing. */
export const flatten = defineLayer({
  type: "flatten",
  description: "Lays each example out as one row of numbers, as a dense layer wants it.",
  options: Type.Object({}),

  plan(_options, inputShape) {
    const outputShape = [sizeOf(inputShape)]; // D = H·W·C
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
