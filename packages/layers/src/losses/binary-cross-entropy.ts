import { Batch, exp, log, sigmoid, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { checkClassOutputs } from "./shared/class-outputs.ts";
import { defineLoss } from "../definition.ts";

/**
 * ∂loss/∂x = (σ(x) − t) / (N·C). It is the same as PyTorch's binary_cross_entropy_with_logits with one-hot
 * targets.
 */
export const binaryCrossEntropy = defineLoss({
  type: "binary-cross-entropy",
  appliesToOutputs: "sigmoid",
  description:
    "The mean over the classes of the binary cross-entropy of each class. It includes the sigmoid.",
  formula:
    "loss = mean over batch and classes of −t·log σ(x) − (1 − t)·log(1 − σ(x)), with t = onehot(label)",
  options: Type.Object({}),

  check(outputShape, classes) {
    checkClassOutputs("binary-cross-entropy", outputShape, classes);
  },

  build(_options, { backend, batchSize, outputShape }) {
    const gradients = new Batch(backend, batchSize, outputShape);
    let gradient: Tensor;
    return {
      forward(outputs, labels) {
        const [N, C] = [outputs.shape[0]!, outputs.shape[1]!];
        gradient = gradients.rows(N); // (N, C)
        let total = 0;
        for (let n = 0; n < N; n++) {
          for (let c = 0; c < C; c++) {
            const x = outputs.data[n * C + c]!;
            const t = c === labels[n] ? 1 : 0;
            total += softplus(t === 1 ? -x : x);
            gradient.data[n * C + c] = (sigmoid(x) - t) / (N * C);
          }
        }
        return total / (N * C);
      },
      backward: () => gradient,
    };
  },
});

/** Returns log(1 + e^z) = −log σ(−z) without overflow of e^z. */
function softplus(z: number): number {
  return (z > 0 ? z : 0) + log(1 + exp(-Math.abs(z)));
}
