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
        const candidate = context.batch([U]); // n
        const s = new TimeSteps(backend, T, batchSize, 3 * U);
        const ds = new TimeSteps(backend, T, batchSize, 3 * U);

        return {
          recurrentGradient: ds,

          forward(N, t) {
            const gates = sums.at(N, t); // sums first, then r, z, n in their places
            const { data } = gates;
            const before = h.at(N, t);
            const after = h.at(N, t + 1).data;
            const own = s.at(N, t);
            const n = candidate.rows(N);
            backend.gemm({ a: before, b: recurrentWeight, out: own });
            for (let k = 0; k < after.length; k++) {
              const at = 2 * U * Math.floor(k / U) + k; // row, unit: 3U·row + unit
              data[at] = data[at]! + own.data[at]!;
              data[at + U] = data[at + U]! + own.data[at + U]!;
              own.data[at + 2 * U] = own.data[at + 2 * U]! + (c?.value.data[k % U] ?? 0);
              n.data[k] = data[at + 2 * U]!;
            }
            // The kernels squash many numbers at once; a sigmoid of zn, which nobody reads, costs less than two calls.
            backend.activate({ kind: "sigmoid" }, gates, gates);
            for (let k = 0; k < after.length; k++) {
              const at = 2 * U * Math.floor(k / U) + k;
              n.data[k] = n.data[k]! + data[at]! * own.data[at + 2 * U]!;
            }
            backend.activate({ kind: "tanh" }, n, n);
            for (let k = 0; k < after.length; k++) {
              const at = 2 * U * Math.floor(k / U) + k;
              const z = data[at + U]!;
              data[at + 2 * U] = n.data[k]!;
              after[k] = (1 - z) * n.data[k]! + z * before.data[k]!;
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
