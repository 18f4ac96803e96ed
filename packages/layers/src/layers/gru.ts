import { sigmoid, tanh } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { planRecurrence, recurrentOptions } from "../recurrence.ts";
import { TimeSteps } from "../time-steps.ts";

/**
 * Gated recurrent unit. Cho et al. 2014, with the reset gate after the product, as in PyTorch and in Keras' default.
 *
 *     (zr, zz, zn) = x[t]·W + b            (sr, sz, sn) = h[t]·U
 *     r = σ(zr + sr)   z = σ(zz + sz)      n = tanh(zn + r·(sn + c))
 *     h[t + 1] = (1 − z)·n + z·h[t]
 *
 * x (N, T, D), W (D, 3U), U (U, 3U), b (3U), c (U), h (N, U), 0 at first. The gates stand in PyTorch's order r, z, n. Of
 * PyTorch's two biases the r and z parts stand only as their sum: b = (b_ir + b_hr, b_iz + b_hz, b_in), c = b_hn.
 */
export const gru = defineLayer({
  type: "gru",
  description: "Reads a sequence step by step; two gates decide how much of its state is replaced.",
  options: Type.Object(recurrentOptions),

  plan(options, inputShape) {
    const { units: U, bias } = options;
    return planRecurrence("gru", options, inputShape, {
      gates: 3,
      ...(bias && { parameters: { candidateBias: { shape: [U], start: "zeros" } } }),

      build(context, { z: sums, dz, h, recurrentWeight }, T) {
        const { backend, batchSize } = context;
        const c = bias ? context.parameter("candidateBias") : undefined;
        const s = new TimeSteps(backend, T, batchSize, 3 * U);
        const ds = new TimeSteps(backend, T, batchSize, 3 * U);

        return {
          recurrentGradient: ds,

          forward(N, t) {
            const gates = sums.at(N, t).data; // sums first, then r, z, n in their places
            const before = h.at(N, t);
            const after = h.at(N, t + 1).data;
            const own = s.at(N, t);
            backend.gemm({ a: before, b: recurrentWeight, out: own });
            for (let k = 0; k < after.length; k++) {
              const at = 2 * U * Math.floor(k / U) + k; // row, unit: 3U·row + unit
              const candidate = (own.data[at + 2 * U] = own.data[at + 2 * U]! + (c?.value.data[k % U] ?? 0));
              const r = (gates[at] = sigmoid(gates[at]! + own.data[at]!));
              const z = (gates[at + U] = sigmoid(gates[at + U]! + own.data[at + U]!));
              const n = (gates[at + 2 * U] = tanh(gates[at + 2 * U]! + r * candidate));
              after[k] = (1 - z) * n + z * before.data[k]!;
            }
          },

          // With σ′ = σ·(1 − σ): dzn = dh·(1 − z)·(1 − n²)   dzr = dzn·(sn + c)·r′   dzz = dh·(h[t] − n)·z′
          // dsr = dzr   dsz = dzz   dsn = dzn·r = dc          dh[t] = dh·z + ds·Uᵀ
          backward(N, t, dh) {
            const gates = sums.at(N, t).data;
            const before = h.at(N, t).data;
            const own = s.at(N, t).data;
            const dsums = dz.at(N, t).data;
            const down = ds.at(N, t);
            for (let k = 0; k < before.length; k++) {
              const at = 2 * U * Math.floor(k / U) + k;
              const [r, z, n] = [gates[at]!, gates[at + U]!, gates[at + 2 * U]!];
              const dn = dh.data[k]! * (1 - z) * (1 - n * n);
              const dr = dn * own[at + 2 * U]! * r * (1 - r);
              const update = dh.data[k]! * (before[k]! - n) * z * (1 - z);
              dsums[at] = dr;
              dsums[at + U] = update;
              dsums[at + 2 * U] = dn;
              down.data[at] = dr;
              down.data[at + U] = update;
              down.data[at + 2 * U] = dn * r;
              if (c !== undefined) c.gradient.data[k % U] = c.gradient.data[k % U]! + down.data[at + 2 * U]!;
              dh.data[k] = dh.data[k]! * z;
            }
            backend.gemm({ a: down, b: recurrentWeight, transposeB: true, out: dh, accumulate: true });
          },
        };
      },
    });
  },
});
