import { exp, ShapeError, sqrt, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { planChain } from "../chain.ts";
import { defineLayer, type LayerPlan } from "../definition.ts";
import { perRow } from "../per-row.ts";
import { sequenceShape } from "../sequence-shape.ts";
import { dense } from "./dense.ts";

/**
 * Self-attention with several heads. Vaswani et al. 2017. For each head, with d = D / heads and its own d columns of q, k, v:
 *
 *     (q, k, v) = x·Wqkv + bqkv     P = softmax(q·kᵀ / √d)     y = concatenate(P·v)·Wout + bout
 *
 * x, y (N, T, D), Wqkv (D, 3D), q, k, v (T, d), P (T, T), row i saying how much step i looks at each step; Wout (D, D).
 * PyTorch's `MultiheadAttention`, whose in_proj_weight is Wqkv transposed.
 */
export const multiHeadAttention = defineLayer({
  type: "multi-head-attention",
  description: "Every step of a sequence looks at all others and takes a weighted mean of what they hold.",
  options: Type.Object({
    heads: Type.Integer({
      minimum: 1,
      default: 1,
      description: "Attentions side by side; they share out D.",
    }),
    bias: Type.Boolean({ default: true, description: "Whether the projections have learned offsets." }),
    causal: Type.Boolean({
      default: false,
      description: "Whether a step sees only itself and those before.",
    }),
  }),

  plan({ heads, bias, causal }, inputShape) {
    const { T, D } = sequenceShape(
      "multi-head-attention",
      inputShape,
      `If these are images, put a "patch-embedding" layer before it.`,
    );
    if (D % heads !== 0) {
      throw new ShapeError(
        `multi-head-attention: ${heads} heads cannot share ${D} features evenly. ` +
          `Make the features of the layer before a multiple of the heads.`,
      );
    }
    return planChain([
      { name: "qkv", inputShape, plan: perRow(T, dense.plan({ units: 3 * D, bias }, [D]), [D]) },
      { name: "", inputShape: [T, 3 * D], plan: planHeads(T, D, heads, causal) },
      { name: "output", inputShape, plan: perRow(T, dense.plan({ units: D, bias }, [D]), [D]) },
    ]);
  },
});

/** softmax(q·kᵀ / √d)·v of each head. (N, T, 3D), q, k, v side by side → (N, T, D), the heads side by side. */
function planHeads(T: number, D: number, heads: number, causal: boolean): LayerPlan {
  const d = D / heads;
  const scale = 1 / sqrt(d);

  return {
    outputShape: [T, D],
    multiplyAdds: 2 * T * T * D,

    build(context) {
      const { backend, batchSize } = context;
      const output = context.batch([T, D]);
      const inputGradient = context.batch([T, 3 * D]);
      const shares = Array.from({ length: batchSize * heads }, () => backend.allocate([T, T])); // P
      const scratch = () => backend.allocate([T, d]);
      const [q, k, v, o] = [scratch(), scratch(), scratch(), scratch()];
      const [dq, dk, dv] = [scratch(), scratch(), scratch()];
      const parts = [q, k, v].entries().toArray();
      const gradients = [dq, dk, dv].entries().toArray();
      const ds = backend.allocate([T, T]);
      let qkv: Tensor;

      /** The d columns of q, k and v that head h of example n has, as matrices of their own. */
      const takeHead = (n: number, h: number): void => {
        for (const [part, matrix] of parts) {
          takeColumns(qkv.data, n * T * 3 * D + part * D + h * d, 3 * D, matrix);
        }
      };

      return {
        forward(x) {
          qkv = x; // (N, T, 3D)
          const N = x.shape[0]!;
          const y = output.rows(N);
          for (let n = 0; n < N; n++) {
            for (let h = 0; h < heads; h++) {
              takeHead(n, h);
              const P = shares[n * heads + h]!;
              backend.gemm({ a: q, b: k, transposeB: true, out: P });
              softmaxRows(P, scale, causal);
              backend.gemm({ a: P, b: v, out: o });
              putColumns(o, y.data, n * T * D + h * d, D);
            }
          }
          return y; // (N, T, D)
        },

        // do = dy     dv = Pᵀ·do     dP = do·vᵀ     dS = P·(dP − Σ_row dP·P) / √d     dq = dS·k     dk = dSᵀ·q
        backward(dy) {
          const N = dy.shape[0]!;
          const dx = inputGradient.rows(N);
          for (let n = 0; n < N; n++) {
            for (let h = 0; h < heads; h++) {
              takeHead(n, h);
              takeColumns(dy.data, n * T * D + h * d, D, o);
              const P = shares[n * heads + h]!;
              backend.gemm({ a: P, transposeA: true, b: o, out: dv });
              backend.gemm({ a: o, b: v, transposeB: true, out: ds });
              softmaxBackward(P, ds, scale);
              backend.gemm({ a: ds, b: k, out: dq });
              backend.gemm({ a: ds, transposeA: true, b: q, out: dk });
              for (const [part, matrix] of gradients) {
                putColumns(matrix, dx.data, n * T * 3 * D + part * D + h * d, 3 * D);
              }
            }
          }
          return dx; // (N, T, 3D)
        },
      };
    },
  };
}

/** Each row i of S (T, T) becomes softmax(scale · S[i]), over all columns or, causal, over those up to i. */
function softmaxRows({ shape, data }: Tensor, scale: number, causal: boolean): void {
  const T = shape[0]!;
  for (let i = 0; i < T; i++) {
    const row = i * T;
    const end = row + (causal ? i + 1 : T);
    let m = data[row]!;
    for (let at = row + 1; at < end; at++) if (data[at]! > m) m = data[at]!;
    let sum = 0;
    for (let at = row; at < end; at++) {
      const e = exp(scale * (data[at]! - m));
      data[at] = e;
      sum += e;
    }
    for (let at = row; at < end; at++) data[at] = data[at]! / sum;
    data.fill(0, end, row + T);
  }
}

/** dP (T, T) becomes dS = scale · P·(dP − Σ_row dP·P); where P is 0 because a step is hidden, so is dS. */
function softmaxBackward(P: Tensor, dP: Tensor, scale: number): void {
  const T = P.shape[0]!;
  for (let row = 0; row < T * T; row += T) {
    let common = 0;
    for (let at = row; at < row + T; at++) common += dP.data[at]! * P.data[at]!;
    for (let at = row; at < row + T; at++) dP.data[at] = scale * P.data[at]! * (dP.data[at]! - common);
  }
}

/** out (T, d) = the d columns that begin at `from`, in rows of `stride`. */
function takeColumns(source: Tensor["data"], from: number, stride: number, out: Tensor): void {
  const [T, d] = [out.shape[0]!, out.shape[1]!];
  for (let t = 0; t < T; t++) {
    for (let j = 0; j < d; j++) out.data[t * d + j] = source[from + t * stride + j]!;
  }
}

/** The other way: x (T, d) into the d columns that begin at `from`. */
function putColumns(x: Tensor, out: Tensor["data"], from: number, stride: number): void {
  const [T, d] = [x.shape[0]!, x.shape[1]!];
  for (let t = 0; t < T; t++) {
    for (let j = 0; j < d; j++) out[from + t * stride + j] = x.data[t * d + j]!;
  }
}
