import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planRecurrence, recurrentOptions } from "./shared/recurrence.ts";

/**
 * W (D, U), U (U, U), h (N, U). The layer computes the same as PyTorch's `RNN`. b is the sum of PyTorch's two
 * biases: b = b_ih + b_hh.
 */
export const simpleRnn = defineLayer({
  type: "simple-rnn",
  description: "Reads a sequence step by step. Each state is computed from the step and the previous state.",
  formula: "h[t + 1] = tanh(x[t]·W + h[t]·U + b), h[0] = 0",
  shapes: "x (N, T, D) → y (N, units), or (N, T, units) with returnSequences",
  example: "{ type: simple-rnn, units: 64 }",
  paper: "Elman 1990, Finding structure in time",
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
