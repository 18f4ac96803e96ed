import type { Activation, Shape, Tensor } from "@nn/tensor";

import type { LayerPlan } from "../../definition.ts";

/**
 * The plan of a layer that is one elementwise function, y = f(x), x and y (N, …).
 *
 * Its derivative is taken from y, so the layer keeps y and not x. That is what makes fusion possible: a layer
 * such as dense applies f while it stores its output, x arrives here as y already, and the forward pass has
 * nothing left to do.
 */
export function planElementwise(activation: Activation, inputShape: Shape): LayerPlan {
  return {
    outputShape: inputShape,
    activation,
    build(context) {
      const { backend, alreadyActivated } = context;
      const output = alreadyActivated ? undefined : context.batch(inputShape);
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

        // dx = dy · f′(x), with f′ taken from y; written over dy.
        backward(dy) {
          backend.activateBackward(activation, y, dy, dy);
          return dy; // (N, …)
        },
      };
    },
  };
}
