import type { Activation, Shape, Tensor } from "@nn/tensor";

import type { LayerPlan } from "../../definition.ts";

/**
 * Plans a layer that applies an elementwise function, y = f(x). x, y (N, …).
 *
 * The derivative is computed from y, so the layer needs y and not x in the backward pass. This makes fusion
 * possible: the layer before it, such as dense, can apply f while it stores its output. The input of this
 * layer is then already y, and the forward pass returns it unchanged.
 */
export function planFusibleActivation(activation: Activation, inputShape: Shape): LayerPlan {
  return {
    outputShape: inputShape,
    activation,
    build(context) {
      const { backend, alreadyActivated } = context;
      const output = alreadyActivated ? undefined : context.allocateBatch(inputShape);
      let y: Tensor;

      return {
        // y = f(x)
        forward(x) {
          if (output === undefined) {
            y = x;
          } else {
            y = output.rows(x.shape[0]!);
            backend.activate(activation, x, y);
          }
          return y; // (N, …)
        },

        // dx = dy · f′(x), with f′ computed from y; overwrites dy.
        backward(dy) {
          backend.activateBackward(activation, y, dy, dy);
          return dy; // (N, …)
        },
      };
    },
  };
}
