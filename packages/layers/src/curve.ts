import type { Shape, Tensor } from "@nn/tensor";

import type { LayerPlan } from "./definition.ts";

/** A function of one number and its derivative, both at x; in float64, whatever the backend stores. */
export interface Curve {
  y(x: number): number;
  dydx(x: number): number;
}

/**
 * The plan of a layer that is one elementwise function whose derivative needs x. x, y, dx (N, …).
 *
 * Where the derivative can be had from y, elementwise.ts keeps less and can be fused into the layer before.
 */
export function planCurve(curve: Curve, inputShape: Shape): LayerPlan {
  return {
    outputShape: inputShape,
    build(context) {
      const output = context.batch(inputShape);
      let x: Tensor;

      return {
        // y = f(x), rounded once
        forward(input) {
          x = input;
          const y = output.rows(x.shape[0]!);
          for (let i = 0; i < x.data.length; i++) y.data[i] = curve.y(x.data[i]!);
          return y; // (N, …)
        },

        // dx = dy · f′(x), rounded once; written over dy.
        backward(dy) {
          for (let i = 0; i < dy.data.length; i++) dy.data[i] = dy.data[i]! * curve.dydx(x.data[i]!);
          return dy; // (N, …)
        },
      };
    },
  };
}
