import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planRecurrence, recurrentOptions } from "../recurrence.ts";
import { TimeSteps } from "../time-steps.ts";

/**
 * Long short-term memory. Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000.
 *
 *     (zi, zf, zg, zo) = x[t]·W + h[t]·U + b
 *     i = σ(zi)   f = σ(zf + forgetBias)   g = tanh(zg)   o = σ(zo)
 *     c[t + 1] = f·c[t] + i·g              h[t + 1] = o·tanh(c[t + 1])
 *
 * x (N, T, D), W (D, 4U), U (U, 4U), b (4U), h and c (N, U), both 0 at first. The gates stand in PyTorch's order i, f, g, o;
 * PyTorch's two biases stand only as their sum, b = b_ih + b_hh.
 */
export const lstm = defineLayer({
  type: "lstm",
  description: "Reads a sequence step by step; gates decide what its memory takes in, keeps and shows.",
  options: Type.Object({
    ...recurrentOptions,
    forgetBias: Type.Number({
      default: 1,
      description: "Added inside the forget gate: 1, as in Keras, keeps the memory at first; 0 is PyTorch's.",
    }),
  }),

  plan: (options, inputShape) =>
    planRecurrence("lstm", options, inputShape, {
      gates: 4,
      build(context, { z, dz, h, recurrentWeight }, T) {
        const { backend, batchSize } = context;
        const { units: U, forgetBias } = options;
        const c = new TimeSteps(backend, T + 1, batchSize, U); // c[t] before step t, as h
        const squashed = new TimeSteps(backend, T, batchSize, U); // tanh(c[t + 1])
        const candidate = context.batch([U]); // g
        const memoryGradient = context.batch([U]);

        return {
          recurrentGradient: dz,

          forward(n, t) {
            const gates = z.at(n, t); // sums first, then i, f, g, o in their places
            backend.gemm({ a: h.at(n, t), b: recurrentWeight, out: gates, accumulate: true });
            const { data } = gates;
            const before = c.at(n, t).data;
            const after = c.at(n, t + 1);
            const shown = squashed.at(n, t);
            const state = h.at(n, t + 1).data;
            const g = candidate.rows(n);
            if (t === 0) before.fill(0);
            for (let k = 0; k < state.length; k++) {
              const at = 3 * U * Math.floor(k / U) + k; // row n, unit u: 4U·n + u
              data[at + U] = data[at + U]! + forgetBias;
              g.data[k] = data[at + 2 * U]!;
            }
            // The kernels squash many numbers at once; a sigmoid of zg, which nobody reads, is cheaper than three calls.
            backend.activate({ kind: "sigmoid" }, gates, gates);
            backend.activate({ kind: "tanh" }, g, g);
            for (let k = 0; k < state.length; k++) {
              const at = 3 * U * Math.floor(k / U) + k;
              data[at + 2 * U] = g.data[k]!;
              after.data[k] = data[at + U]! * before[k]! + data[at]! * g.data[k]!;
            }
            backend.activate({ kind: "tanh" }, after, shown);
            for (let k = 0; k < state.length; k++) {
              state[k] = data[3 * U * Math.floor(k / U) + k + 3 * U]! * shown.data[k]!;
            }
          },

          // dc[t + 1] gets dh·o·(1 − tanh²c) beside what came from the step after. Then, with σ′ = σ·(1 − σ):
          // dzi = dc·g·i′   dzf = dc·c[t]·f′   dzg = dc·i·(1 − g²)   dzo = dh·tanh(c)·o′
          // dc[t] = dc·f    dh[t] = dz·Uᵀ
          backward(n, t, dh) {
            const dc = memoryGradient.rows(n).data;
            if (t === T - 1) dc.fill(0);
            const gates = z.at(n, t).data;
            const before = c.at(n, t).data;
            const shown = squashed.at(n, t).data;
            const gradient = dz.at(n, t);
            for (let k = 0; k < dc.length; k++) {
              const at = 3 * U * Math.floor(k / U) + k;
              const [i, f, g, o] = [gates[at]!, gates[at + U]!, gates[at + 2 * U]!, gates[at + 3 * U]!];
              const memory = dc[k]! + dh.data[k]! * o * (1 - shown[k]! * shown[k]!);
              gradient.data[at] = memory * g * i * (1 - i);
              gradient.data[at + U] = memory * before[k]! * f * (1 - f);
              gradient.data[at + 2 * U] = memory * i * (1 - g * g);
              gradient.data[at + 3 * U] = dh.data[k]! * shown[k]! * o * (1 - o);
              dc[k] = memory * f;
            }
            backend.gemm({ a: gradient, b: recurrentWeight, transposeB: true, out: dh });
          },
        };
      },
    }),
});
