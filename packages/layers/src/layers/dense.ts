import { formatShape, ShapeError, type Activation, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { weightOptions, planWeight } from "./shared/weight-options.ts";

/** Each neuron reads every input. D features, U = units. */
export const dense = defineLayer({
  type: "dense",
  description: "Fully connected layer: each neuron is a weighted sum of all inputs, plus a bias.",
  formula: "y = x·W + b",
  shapes: "x (N, D) → y (N, units); W (D, units), b (units)",
  example: "{ type: dense, units: 128 }",
  options: Type.Object({
    units: Type.Integer({ minimum: 1, maximum: 1_000_000, description: "Number of neurons." }),
    bias: Type.Boolean({ default: true, description: "Whether each neuron has a learned bias." }),
    ...weightOptions,
  }),

  plan({ units, bias, ...weights }, inputShape) {
    const [features] = inputShape;
    if (inputShape.length !== 1 || features === undefined) {
      throw new ShapeError(
        `dense: input must be (D), got ${formatShape(inputShape)}. ` +
          `If these are images, put a "flatten" layer before it.`,
      );
    }

    return {
      outputShape: [units],
      multiplyAdds: features * units,
      parameters: {
        weight: {
          shape: [features, units],
          initialization: { fanIn: features, fanOut: units },
          ...planWeight(weights),
        },
        ...(bias && { bias: { shape: [units], initialization: "zeros" } }),
      },

      build(context) {
        const { backend, needsInputGradient } = context;
        const W = context.parameter("weight"); // (D, U)
        const b = bias ? context.parameter("bias") : undefined; // (U)
        const output = context.allocateBatch([units]);
        const inputGradient = needsInputGradient ? context.allocateBatch([features]) : undefined;
        // Many numbers of x can be zero (most of an image, half of the output of a relu). The non-zeros are
        // found once for both matrix products that read x.
        const nonZeros = backend.createSparsityPattern(context.batchSize, features, units);
        const epilogue: { bias?: Tensor; activation?: Activation } = b === undefined ? {} : { bias: b.value };
        let x: Tensor;

        return {
          fuse(activation) {
            epilogue.activation = activation;
          },

          // y = x·W + b, then the fused activation if there is one
          forward(input) {
            x = input; // (N, D)
            const y = output.rows(x.shape[0]!);
            nonZeros.find(x);
            backend.gemm({ a: x, nonZeros, b: W.value, out: y, ...epilogue });
            return y; // (N, U)
          },

          backward(dy) {
            // dW = xᵀ·dy: each weight collects input × upstream gradient, summed over the batch.
            backend.gemm({ a: x, transposeA: true, nonZeros, b: dy, out: W.gradient, accumulate: true }); // (D, U)
            // db = Σ_n dy[n]: a bias is a weight whose input is always 1.
            if (b !== undefined) backend.sumRows(dy, b.gradient); // (U)
            if (inputGradient === undefined) return dy;
            // dx = dy·Wᵀ: the gradient for the layer below.
            const dx = inputGradient.rows(dy.shape[0]!);
            backend.gemm({ a: dy, b: W.value, transposeB: true, out: dx });
            return dx; // (N, D)
          },
        };
      },
    };
  },
});
