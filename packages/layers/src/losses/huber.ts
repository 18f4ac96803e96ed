import { Batch, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { checkClassOutputs } from "./shared/class-outputs.ts";
import { defineLoss } from "../definition.ts";

/** With d = y − t: ∂loss/∂y = d clamped to −δ … δ, divided by N·C. It is the same as PyTorch's huber_loss. */
export const huber = defineLoss({
  type: "huber",
  description: "Quadratic for small distances from the one-hot label, and linear for large ones.",
  formula:
    "loss = mean over batch and classes of d² / 2 where |d| ≤ δ, else δ·(|d| − δ / 2), with d = y − onehot(label)",
  paper: "Huber 1964, Robust estimation of a location parameter",
  options: Type.Object({
    delta: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: "Distance at which the loss changes from quadratic to linear (δ).",
    }),
  }),

  check(outputShape, classes) {
    checkClassOutputs("huber", outputShape, classes);
  },

  build({ delta }, { backend, batchSize, outputShape }) {
    const gradients = new Batch(backend, batchSize, outputShape);
    let gradient: Tensor;
    return {
      forward(outputs, labels) {
        const [N, C] = [outputs.shape[0]!, outputs.shape[1]!];
        gradient = gradients.rows(N); // (N, C)
        let total = 0;
        for (let n = 0; n < N; n++) {
          for (let c = 0; c < C; c++) {
            const d = outputs.data[n * C + c]! - (c === labels[n] ? 1 : 0);
            const distance = Math.abs(d);
            const isFar = distance > delta; // false for NaN, which stays NaN in the square
            total += isFar ? delta * (distance - delta / 2) : (d * d) / 2;
            gradient.data[n * C + c] = (isFar ? delta * Math.sign(d) : d) / (N * C);
          }
        }
        return total / (N * C);
      },
      backward: () => gradient,
    };
  },
});
