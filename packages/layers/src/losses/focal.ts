import { Batch, exp, log, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { checkClassOutputs } from "./shared/class-outputs.ts";
import { defineLoss } from "../definition.ts";
import { logSoftmax } from "./shared/log-softmax.ts";

/**
 * Equation 4 of the paper, for mutually exclusive classes.
 *
 * d(loss)/dp = γ·q^(γ−1)·log p − q^γ / p, and ∂p/∂outputs = p·(onehot(label) − softmax), so that
 * ∂loss/∂outputs = (q^γ − γ·p·q^(γ−1)·log p)·(softmax − onehot(label)) / N.
 */
export const focal = defineLoss({
  type: "focal",
  appliesToOutputs: "softmax",
  description:
    "Cross-entropy that reduces the weight of examples that the network classifies confidently, " +
    "so that training focuses on hard examples.",
  formula: "loss = mean over the batch of −q^γ·log p, with p = softmax(outputs)[label] and q = 1 − p",
  paper: "Lin et al. 2017, Focal loss for dense object detection",
  options: Type.Object({
    gamma: Type.Number({
      minimum: 0,
      default: 2,
      description: "Strength with which confident examples are down-weighted (γ). 0 is cross-entropy.",
    }),
  }),

  check(outputShape, classes) {
    checkClassOutputs("focal", outputShape, classes);
  },

  build({ gamma }, { backend, batchSize, outputShape }) {
    const gradients = new Batch(backend, batchSize, outputShape);
    const logP = new Float64Array(outputShape[0]!);
    let gradient: Tensor;
    return {
      forward(outputs, labels) {
        const [N, C] = [outputs.shape[0]!, outputs.shape[1]!];
        gradient = gradients.rows(N); // (N, C)
        let total = 0;
        for (let n = 0; n < N; n++) {
          const label = labels[n]!;
          logSoftmax(outputs.data, n * C, logP);

          // q is the sum over the other classes, because 1 − p would lose digits where p is nearly 1.
          let q = 0;
          for (let c = 0; c < C; c++) if (c !== label) q += exp(logP[c]!);
          const logOfLabel = logP[label]!;
          const share = gamma === 0 ? 1 : exp(gamma * log(q)); // q^γ
          total -= share * logOfLabel;

          // q^γ − γ·p·q^(γ−1)·log p = q^γ·(1 − γ·p·log p / q), and log p / q approaches −1 as q approaches 0.
          const steepness = share * (1 - gamma * exp(logOfLabel) * (q === 0 ? -1 : logOfLabel / q));
          for (let c = 0; c < C; c++) {
            gradient.data[n * C + c] = (steepness * (c === label ? -q : exp(logP[c]!))) / N;
          }
        }
        return total / N;
      },
      backward: () => gradient,
    };
  },
});
