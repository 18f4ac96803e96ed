import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planRecurrence, recurrentOptions } from "./shared/recurrence.ts";
import { SequenceBuffer } from "./shared/sequence-buffer.ts";

/**
 * Gated recurrent unit. The reset gate applies after the matrix product, as in PyTorch and by default in
 * Keras.
 *
 * W (D, 3U), U (U, 3U), b (3U), c (U), h (N, U), which starts at 0. The gates are in PyTorch's order r, z, n.
 * For r and z, b is the sum of PyTorch's two biases: b = (b_ir + b_hr, b_iz + b_hz, b_in), c = b_hn.
 */
export const gru = defineLayer({
  type: "gru",
  description:
    "Gated recurrent unit: reads a sequence step by step. A reset gate and an update gate control its state.",
  formula: [
    "(zr, zz, zn) = x[t]·W + b            (sr, sz, sn) = h[t]·U",
    "r = σ(zr + sr)   z = σ(zz + sz)      n = tanh(zn + r·(sn + c))",
    "h[t + 1] = (1 − z)·n + z·h[t]",
  ],
  shapes: "x (N, T, D) → y (N, units), or (N, T, units) with returnSequences",
  example: "{ type: gru, units: 64 }",
  paper:
    "Cho et al. 2014, Learning phrase representations using RNN encoder-decoder for statistical machine translation",
  options: Type.Object(recurrentOptions),

  plan(options, inputShape) {
    const { units: U, bias } = options;
    return planRecurrence("gru", options, inputShape, {
      gates: 3,
      ...(bias && { parameters: { candidateBias: { shape: [U], initialization: "zeros" } } }),

      build(context, { z: sums, dz, h, recurrentWeight }, T) {
        const { backend, batchSize } = context;
        const c = bias ? context.parameter("candidateBias") : undefined;
        const s = new SequenceBuffer(backend, T, batchSize, 3 * U);
        const ds = new SequenceBuffer(backend, T, batchSize, 3 * U);
        const sumsOfOwn = backend.allocate([3 * U]);

        return {
          recurrentGradient: ds,

          forward(N, t) {
            const gates = sums.at(N, t); // first the sums, then overwritten with r, z, n
            const [before, after] = [h.at(N, t), h.at(N, t + 1)];
            const recurrent = s.at(N, t);
            backend.gemm({ a: before, b: recurrentWeight, out: recurrent });
            backend.gruStep({ gates, recurrent, before, after, ...(c !== undefined && { bias: c.value }) });
          },

          // With σ′ = σ·(1 − σ): dzn = dh·(1 − z)·(1 − n²)   dzr = dzn·(sn + c)·r′   dzz = dh·(h[t] − n)·z′
          // dsr = dzr   dsz = dzz   dsn = dzn·r = dc          dh[t] = dh·z + ds·Uᵀ
          backward(N, t, dh) {
            const dRecurrent = ds.at(N, t);
            backend.gruStepBackward({
              gates: sums.at(N, t),
              recurrent: s.at(N, t),
              before: h.at(N, t),
              dh,
              dz: dz.at(N, t),
              dRecurrent,
            });
            backend.gemm({ a: dRecurrent, b: recurrentWeight, transposeB: true, out: dh, accumulate: true });
            if (c === undefined || t > 0) return;
            // t = 0 is the last step of the backward pass. Now compute dc = Σ dsn over all steps.
            sumsOfOwn.data.fill(0);
            backend.sumRows(ds.first(N, T), sumsOfOwn);
            for (let u = 0; u < U; u++) c.gradient.data[u] = c.gradient.data[u]! + sumsOfOwn.data[2 * U + u]!;
          },
        };
      },
    });
  },
});
