import { Batch, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { checkClassOutputs } from "./shared/class-outputs.ts";
import { defineLoss } from "../definition.ts";

/**
 * It is the same as PyTorch's MultiMarginLoss. For each class c within the margin, ∂loss/∂x[c] = 1 / (N·C),
 * and −1 / (N·C) is added to ∂loss/∂x[label].
 */
export const hinge = defineLoss({
  type: "hinge",
  description:
    "The loss of a support vector machine: the output of the true class must exceed all others by a margin.",
  formula: "loss = mean over the batch of Σ_{c ≠ label} max(0, margin − x[label] + x[c]) / C",
  paper: "Weston & Watkins 1999, Support vector machines for multi-class pattern recognition",
  options: Type.Object({
    margin: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: "Margin by which the output of the true class must exceed the others.",
    }),
  }),

  takesBothSigns: true,

  check(outputShape, classes) {
    checkClassOutputs("hinge", outputShape, classes);
  },

  build({ margin }, { backend, batchSize, outputShape }) {
    const gradients = new Batch(backend, batchSize, outputShape);
    let gradient: Tensor;
    return {
      forward(outputs, labels) {
        const [N, C] = [outputs.shape[0]!, outputs.shape[1]!];
        gradient = gradients.rows(N); // (N, C)
        let total = 0;
        for (let n = 0; n < N; n++) {
          const label = n * C + labels[n]!;
          let within = 0;
          for (let i = n * C; i < (n + 1) * C; i++) {
            const missing = i === label ? 0 : margin - outputs.data[label]! + outputs.data[i]!;
            const isClear = missing <= 0; // false for NaN
            if (!isClear) {
              total += missing;
              within++;
            }
            gradient.data[i] = isClear ? 0 : 1 / (N * C);
          }
          gradient.data[label] = -within / (N * C);
        }
        return total / (N * C);
      },
      backward: () => gradient,
    };
  },
});
