import { Batch, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { checkClassOutputs } from "../class-outputs.ts";
import { defineLoss } from "../definition.ts";

/**
 * loss = mean over the batch of −log p[label], with p = softmax(outputs); ∂loss/∂outputs = (p − onehot(label)) / N.
 *
 * Softmax and logarithm are one operation: apart, e^x overflows and log 0 is −∞; together neither can happen, and the
 * gradient becomes as simple as above. So a network that is trained with it ends in a dense layer, without a softmax.
 */
export const crossEntropy = defineLoss({
  type: "cross-entropy",
  description: "For classes: how surprised the network is by the true one. Softmax is part of it.",
  options: Type.Object({}),

  check(outputShape, classes) {
    checkClassOutputs("cross-entropy", outputShape, classes);
  },

  build(_options, { backend, batchSize, outputShape }) {
    const gradients = new Batch(backend, batchSize, outputShape);
    let gradient: Tensor;
    return {
      forward(outputs, labels) {
        gradient = gradients.rows(outputs.shape[0]!); // (N, C)
        return backend.softmaxCrossEntropy(outputs, labels, gradient);
      },
      backward: () => gradient,
    };
  },
});
