import { Batch, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { checkClassOutputs } from "./shared/class-outputs.ts";
import { defineLoss } from "../definition.ts";

/** ∂loss/∂y = 2·(y − t) / (N·C), with t = onehot(label). */
export const meanSquaredError = defineLoss({
  type: "mean-squared-error",
  description: "The squared distance of the outputs from 1 for the true class and from 0 for all others.",
  formula: "loss = mean over batch and classes of (y − onehot(label))²",
  options: Type.Object({}),

  check(outputShape, classes) {
    checkClassOutputs("mean-squared-error", outputShape, classes);
  },

  build(_options, { backend, batchSize, outputShape }) {
    const gradients = new Batch(backend, batchSize, outputShape);
    let gradient: Tensor;
    return {
      forward(outputs, labels) {
        gradient = gradients.rows(outputs.shape[0]!); // (N, C)
        return backend.meanSquaredError(outputs, labels, gradient);
      },
      backward: () => gradient,
    };
  },
});
