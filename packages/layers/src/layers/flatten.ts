import { sizeOf, type Shape, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";

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

/** Sees a tensor's numbers under another shape. A tensor seen before gives the same view: a step allocates nothing. */
function createView(exampleShape: Shape): (tensor: Tensor) => Tensor {
  const views = new WeakMap<Tensor, Tensor>();
  return (tensor) => {
    let view = views.get(tensor);
    if (view === undefined) {
      view = { shape: [tensor.shape[0]!, ...exampleShape], data: tensor.data };
      views.set(tensor, view);
    }
    return view;
  };
}
