import type { ElementwiseFunction, Shape, Tensor } from "@nn/tensor";

import type { LayerPlan } from "../../definition.ts";

/**
 * Plans a layer that applies an elementwise function whose derivative is computed from x. x, y, dx (N, …). If
 * the derivative can be computed from y, use `planFusibleActivation` instead, which can be fused into the
 * layer before it.
 */
export function planElementwiseFunction(f: ElementwiseFunction, inputShape: Shape): LayerPlan {
  return {
    outputShape: inputShape,
    build(context) {
      const { backend } = context;
      const output = context.allocateBatch(inputShape);
      let x: Tensor;

      return {
        // y = f(x), rounded once
        forward(input) {
          x = input;
          const y = output.rows(x.shape[0]!);
          backend.applyElementwise(f, x, y);
          return y; // (N, …)
        },

        // dx = dy · f′(x), rounded once; overwrites dy.
        backward(dy) {
          backend.applyElementwiseBackward(f, x, dy, dy);
          return dy; // (N, …)
        },
      };
    },
  };
}
