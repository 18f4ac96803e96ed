import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planRecurrence, recurrentOptions } from "./shared/recurrence.ts";

/**
 * h[t + 1] = tanh(x[t]·W + h[t]·U + b), h[0] = 0. Elman 1990. x (N, T, D), W (D, U), U (U, U), h (N, U).
 *
 * PyTorch's `RNN`, whose two biases stand only as their sum: b = b_ih + b_hh.
 */
export const simpleRnn = defineLayer({
  type: "simple-rnn",
  description: "Reads a sequence step by step; each state is made from the step and the state before.",
  options: Type.Object(recurrentOptions),

  plan: (options, inputShape) =>
    planRecurrence("simple-rnn", options, inputShape, {
      gates: 1,
      build({ backend }, { z, dz, h, recurrentWeight }) {
        return {
          recurrentGradient: dz,

          forward(n, t) {
            const sums = z.at(n, t);
            const after = h.at(n, t + 1);
            backend.gemm({ a: h.at(n, t), b: recurrentWeight, out: sums, accumulate: true });
            backend.activate({ kind: "tanh" }, sums, after);
          },

          // dz = dh · (1 − h²); ∂loss/∂h[t] = dz·Uᵀ
          backward(n, t, dh) {
            const gradient = dz.at(n, t);
            backend.activateBackward({ kind: "tanh" }, h.at(n, t + 1), dh, gradient);
            backend.gemm({ a: gradient, b: recurrentWeight, transposeB: true, out: dh });
          },
        };
      },
    }),
});
