import { ShapeError, sqrt, type StridedBlocks, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { planSequential, type SequentialItem } from "../model/sequential.ts";
import { defineLayer, type LayerPlan } from "../definition.ts";
import { planPerRow } from "./shared/per-row.ts";
import { getSequenceShape } from "./shared/sequence-shape.ts";
import { weightOptions } from "./shared/weight-options.ts";
import { dense } from "./dense.ts";

/**
 * Self-attention with several heads. Each head has its own d columns of q, k and v.
 *
 * Wqkv (D, 3D), q, k, v (T, d), P (T, T), Wout (D, D). Row i of P contains the attention weights of step i.
 * The layer computes the same as PyTorch's `MultiheadAttention`, whose in_proj_weight is Wqkv transposed.
 */
export const multiHeadAttention = defineLayer({
  type: "multi-head-attention",
  description:
    "Self-attention: the output of each step is a weighted mean over the values of all steps, once per head.",
  formula: [
    "(q, k, v) = x·Wqkv + bqkv, divided among the heads, d = D / heads",
    "P = softmax(q·kᵀ / √d), for each head",
    "y = concatenate(P·v)·Wout + bout",
  ],
  shapes: "x (N, T, D) → y (N, T, D); Wqkv (D, 3·D), Wout (D, D)",
  example: "{ type: multi-head-attention, heads: 4 }",
  paper: "Vaswani et al. 2017, Attention is all you need",
  options: Type.Object({
    heads: Type.Integer({
      minimum: 1,
      default: 1,
      description: "Number of attention heads. They divide the D features among themselves.",
    }),
    bias: Type.Boolean({ default: true, description: "Whether the projections have learned biases." }),
    causal: Type.Boolean({
      default: false,
      description: "Whether a step sees only itself and earlier steps.",
    }),
    ...weightOptions,
  }),

  plan({ heads, bias, causal, ...weights }, inputShape) {
    const { T, D } = getSequenceShape(
      "multi-head-attention",
      inputShape,
      `If these are images, put a "patch-embedding" layer before it.`,
    );
    if (D % heads !== 0) {
      throw new ShapeError(
        `multi-head-attention: ${D} features cannot be divided evenly among ${heads} heads. ` +
          `Change the features of the previous layer to a multiple of the heads.`,
      );
    }
    const project = (name: string, units: number): SequentialItem => ({
      name,
      inputShape,
      plan: planPerRow(T, dense.plan({ units, bias, ...weights }, [D]), [D]),
      type: "dense",
      path: [name],
    });
    return planSequential([
      project("qkv", 3 * D),
      { name: "", inputShape: [T, 3 * D], plan: planHeads(T, D, heads, causal) },
      project("output", D),
    ]);
  },
});

/**
 * Plans softmax(q·kᵀ / √d)·v for each head. Input (N, T, 3D): q, k and v side by side. Output (N, T, D): the
 * heads side by side.
 */
function planHeads(T: number, D: number, heads: number, causal: boolean): LayerPlan {
  const d = D / heads;
  const scale = 1 / sqrt(d);

  return {
    outputShape: [T, D],
    multiplyAdds: 2 * T * T * D,

    build(context) {
      const { backend } = context;
      const output = context.allocateBatch([T, D]);
      const inputGradient = context.allocateBatch([T, 3 * D]);
      const shares = context.allocateBatch([heads, T, T]); // P
      const shareGradients = context.allocateBatch([heads, T, T]); // dP, then dS
      let qkv: Tensor;

      return {
        forward(x) {
          qkv = x; // (N, T, 3D)
          const N = x.shape[0]!;
          const y = output.rows(N);
          const P = shares.rows(N);
          const [q, k, v] = [part(qkv, 0), part(qkv, 1), part(qkv, 2)];
          // S = q·kᵀ, P = softmax(S / √d), y = P·v, each for all heads of all examples
          const each = { outer: N, inner: heads };
          backend.gemmBlocks({ ...each, M: T, N: T, K: d, a: q, b: k, transposeB: true, out: square(P) });
          backend.softmax({ x: P, columns: T, scale, causal, out: P });
          backend.gemmBlocks({ ...each, M: T, N: d, K: T, a: square(P), b: v, out: inHeads(y) });
          return y; // (N, T, D)
        },

        // dv = Pᵀ·dy     dP = dy·vᵀ     dS = P·(dP − Σ_row dP·P) / √d     dq = dS·k     dk = dSᵀ·q
        // Where a step is masked, P is 0 and so is dS.
        backward(dy) {
          const N = dy.shape[0]!;
          const dx = inputGradient.rows(N);
          const P = shares.rows(N);
          const dS = shareGradients.rows(N);
          const [q, k, v] = [part(qkv, 0), part(qkv, 1), part(qkv, 2)];
          const [dq, dk, dv] = [part(dx, 0), part(dx, 1), part(dx, 2)];
          const each = { outer: N, inner: heads };
          const a = inHeads(dy);
          backend.gemmBlocks({ ...each, M: T, N: d, K: T, a: square(P), transposeA: true, b: a, out: dv });
          backend.gemmBlocks({ ...each, M: T, N: T, K: d, a, b: v, transposeB: true, out: square(dS) });
          backend.softmaxBackward({ y: P, dy: dS, columns: T, scale, out: dS });
          backend.gemmBlocks({ ...each, M: T, N: d, K: T, a: square(dS), b: k, out: dq });
          backend.gemmBlocks({ ...each, M: T, N: d, K: T, a: square(dS), transposeA: true, b: q, out: dk });
          return dx; // (N, T, 3D)
        },
      };
    },
  };

  /** Returns the blocks (T, d) per head of q, k or v (`which` 0, 1 or 2) in qkv (N, T, 3D). */
  function part(tensor: Tensor, which: number): StridedBlocks {
    return { tensor, offset: which * D, outerStep: T * 3 * D, innerStep: d, rowStep: 3 * D };
  }

  /** Returns the blocks (T, d) per head of (N, T, D). */
  function inHeads(tensor: Tensor): StridedBlocks {
    return { tensor, offset: 0, outerStep: T * D, innerStep: d, rowStep: D };
  }

  /** Returns the blocks (T, T) per head of (N, heads, T, T). */
  function square(tensor: Tensor): StridedBlocks {
    return { tensor, offset: 0, outerStep: heads * T * T, innerStep: T * T, rowStep: T };
  }
}
