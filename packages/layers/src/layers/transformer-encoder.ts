import type { Shape } from "@nn/tensor";
import { Type } from "typebox";

import { planSequential, type SequentialItem } from "../model/sequential.ts";
import { defineLayer, type LayerPlan } from "../definition.ts";
import { planResidual } from "./shared/branches.ts";
import { planPerRow } from "./shared/per-row.ts";
import { getSequenceShape } from "./shared/sequence-shape.ts";
import { requireNormalizedCount } from "./shared/normalized-count.ts";
import { weightOptions } from "./shared/weight-options.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { gelu } from "./gelu.ts";
import { layerNorm } from "./layer-norm.ts";
import { multiHeadAttention } from "./multi-head-attention.ts";
import { relu } from "./relu.ts";

/**
 * One block of a transformer encoder.
 *
 * W1 (D, hiddenUnits), W2 (hiddenUnits, D). The layer computes the same as PyTorch's
 * `TransformerEncoderLayer`; `normalize: before` is norm_first=True. Dropout is applied where PyTorch applies
 * it, except inside the attention. With `normalize: before`, the last block is usually followed by a
 * layer-norm.
 */
export const transformerEncoder = defineLayer({
  type: "transformer-encoder",
  description:
    "One transformer block: attention between the steps of a sequence, then two dense layers for each " +
    "step. Each part is added to its input.",
  formula: [
    "before:  a = x + attention(norm1(x))      y = a + feedForward(norm2(a))",
    "after:   a = norm1(x + attention(x))      y = norm2(a + feedForward(a))",
    "feedForward(a) = f(a·W1 + b1)·W2 + b2, for each step separately",
  ],
  shapes: "x (N, T, D) → y (N, T, D)",
  example: "{ type: transformer-encoder, heads: 4, hiddenUnits: 128 }",
  paper:
    "Vaswani et al. 2017, Attention is all you need; before: Xiong et al. 2020, On layer normalization in " +
    "the transformer architecture",
  options: Type.Object({
    heads: Type.Integer({
      minimum: 1,
      default: 4,
      description: "Number of attention heads. They divide the D features among themselves.",
    }),
    hiddenUnits: Type.Integer({
      minimum: 1,
      description: "Number of neurons in the first of the two dense layers; 4·D is usual.",
    }),
    activation: Type.Enum(["relu", "gelu"], {
      default: "gelu",
      description: "Activation function f between the two dense layers.",
    }),
    normalize: Type.Enum(["before", "after"], {
      default: "before",
      description:
        "Position of the norms: before each part (trains without warm-up), or after its sum (as first published).",
    }),
    causal: Type.Boolean({
      default: false,
      description: "Whether a step sees only itself and earlier steps.",
    }),
    dropout: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      description: "Fraction of the numbers that each part sets to zero in training.",
    }),
    ...weightOptions,
  }),

  // Two norms, attention, two dense layers, the activation between them, and two residual branches.
  countCopies: () => 8,

  plan({ heads, hiddenUnits, activation, normalize, causal, dropout: rate, ...weights }, inputShape) {
    const { T, D } = getSequenceShape(
      "transformer-encoder",
      inputShape,
      `If these are images, put a "patch-embedding" layer before it.`,
    );
    // Checked here, because the advice of layer-norm names an option that this layer does not have.
    const longer = T > 1 ? ', or put a "reshape" layer before it that makes fewer and longer steps' : "";
    const advice = `Give the layer before it more units, so that each step has 2 numbers or more${longer}.`;
    requireNormalizedCount("transformer-encoder", D, inputShape, advice);
    const link = (name: string, plan: LayerPlan, shape: Shape = inputShape): SequentialItem => ({
      name,
      plan,
      inputShape: shape,
    });
    const part = (
      name: string,
      type: string,
      plan: LayerPlan,
      shape: Shape = inputShape,
    ): SequentialItem => ({
      ...link(name, plan, shape),
      type,
      path: [name],
    });
    const drop = (shape: Shape): SequentialItem[] =>
      rate === 0 ? [] : [link("", dropout.plan({ rate }, shape), shape)];
    const norm = (name: string): SequentialItem =>
      part(name, "layer-norm", layerNorm.plan({ axes: 1, epsilon: 1e-5, affine: true }, inputShape));
    const f =
      activation === "relu"
        ? relu.plan({}, [T, hiddenUnits])
        : gelu.plan({ approximate: "none" }, [T, hiddenUnits]);

    const attention = [
      part(
        "attention",
        "multi-head-attention",
        multiHeadAttention.plan({ heads, bias: true, causal, ...weights }, inputShape),
      ),
      ...drop(inputShape),
    ];
    const hidden = [T, hiddenUnits];
    const eachStep = (units: number, features: number): LayerPlan =>
      planPerRow(T, dense.plan({ units, bias: true, ...weights }, [features]), [features]);
    const feedForward = [
      part("expand", "dense", eachStep(hiddenUnits, D)),
      link("", f, hidden),
      ...drop(hidden),
      part("contract", "dense", eachStep(D, hiddenUnits), hidden),
      ...drop(inputShape),
    ];
    const residual = (links: readonly SequentialItem[]): SequentialItem =>
      link("", planResidual(planSequential(links), inputShape));
    return planSequential(
      normalize === "before"
        ? [residual([norm("norm1"), ...attention]), residual([norm("norm2"), ...feedForward])]
        : [residual(attention), norm("norm1"), residual(feedForward), norm("norm2")],
    );
  },
});
