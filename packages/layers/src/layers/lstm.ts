import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planRecurrence, recurrentOptions } from "./shared/recurrence.ts";
import { SequenceBuffer } from "./shared/sequence-buffer.ts";

/**
 * Long short-term memory.
 *
 * W (D, 4U), U (U, 4U), b (4U). h and c (N, U) start at 0. The gates are in PyTorch's order i, f, g, o. b is
 * the sum of PyTorch's two biases: b = b_ih + b_hh.
 */
export const lstm = defineLayer({
  type: "lstm",
  description:
    "Long short-term memory: reads a sequence step by step; input, forget and output gates control its memory.",
  formula: [
    "(zi, zf, zg, zo) = x[t]·W + h[t]·U + b",
    "i = σ(zi)   f = σ(zf + forgetBias)   g = tanh(zg)   o = σ(zo)",
    "c[t + 1] = f·c[t] + i·g              h[t + 1] = o·tanh(c[t + 1])",
  ],
  shapes: "x (N, T, D) → y (N, units), or (N, T, units) with returnSequences",
  example: "{ type: lstm, units: 64 }",
  paper:
    "Hochreiter & Schmidhuber 1997, Long short-term memory; forget gate: Gers, Schmidhuber & Cummins " +
    "2000, Learning to forget",
  options: Type.Object({
    ...recurrentOptions,
    forgetBias: Type.Number({
      default: 1,
      description:
        "Number added to the input of the forget gate. 1, as in Keras, keeps the cell state at first. PyTorch uses 0.",
    }),
  }),

  plan: (options, inputShape) =>
    planRecurrence("lstm", options, inputShape, {
      gates: 4,
      build(context, { z, dz, h, recurrentWeight }, T) {
        const { backend, batchSize } = context;
        const { units: U, forgetBias } = options;
        const c = new SequenceBuffer(backend, T + 1, batchSize, U); // c[t]: cell state before step t, like h[t]
        const squashed = new SequenceBuffer(backend, T, batchSize, U); // tanh(c[t + 1])
        const memoryGradient = context.allocateBatch([U]);

        return {
          recurrentGradient: dz,

          forward(n, t) {
            const gates = z.at(n, t); // first the sums, then overwritten with i, f, g, o
            const before = c.at(n, t);
            if (t === 0) before.data.fill(0);
            backend.gemm({ a: h.at(n, t), b: recurrentWeight, out: gates, accumulate: true });
            const [after, state] = [c.at(n, t + 1), h.at(n, t + 1)];
            backend.lstmStep({ gates, forgetBias, before, after, squashed: squashed.at(n, t), state });
          },

          // dc[t + 1] is dh·o·(1 − tanh²c) plus the gradient from the next step. Then, with σ′ = σ·(1 − σ):
          // dzi = dc·g·i′   dzf = dc·c[t]·f′   dzg = dc·i·(1 − g²)   dzo = dh·tanh(c)·o′
          // dc[t] = dc·f    dh[t] = dz·Uᵀ
          backward(n, t, dh) {
            const dc = memoryGradient.rows(n);
            if (t === T - 1) dc.data.fill(0);
            const gradient = dz.at(n, t);
            const before = c.at(n, t);
            backend.lstmStepBackward({
              gates: z.at(n, t),
              before,
              squashed: squashed.at(n, t),
              dh,
              dc,
              dz: gradient,
            });
            backend.gemm({ a: gradient, b: recurrentWeight, transposeB: true, out: dh });
          },
        };
      },
    }),
});
