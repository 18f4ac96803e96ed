import { Batch, exp, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { checkClassOutputs } from "./shared/class-outputs.ts";
import { defineLoss, type Loss, type LossContext } from "../definition.ts";
import { OptionsError } from "../errors.ts";
import { logSoftmax } from "./shared/log-softmax.ts";

/**
 * ∂loss/∂outputs = (p − onehot(label)) / N.
 *
 * The loss includes the softmax. Computed separately, e^x could overflow and log 0 would be −∞. Computed
 * together, softmax and logarithm are finite, and the gradient is the simple formula above. End the network
 * with a dense layer, without a softmax.
 */
export const crossEntropy = defineLoss({
  type: "cross-entropy",
  appliesToOutputs: "softmax",
  description:
    "The usual loss for classification: the negative log probability of the true class. It includes the softmax.",
  formula: "loss = mean over the batch of −log p[label], with p = softmax(outputs)",
  paper:
    "Bridle 1990, Probabilistic interpretation of feedforward classification network outputs; label " +
    "smoothing: Szegedy et al. 2016, Rethinking the inception architecture for computer vision",
  options: Type.Object({
    labelSmoothing: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      description: "Fraction of each label that is spread evenly over all classes; 0.1 is usual.",
    }),
    classWeights: Type.Optional(
      Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
        minItems: 2,
        description:
          "Weight of the examples of each class, one number per class. Default: the same weight for all classes.",
      }),
    ),
  }),

  check(outputShape, classes, { classWeights }) {
    checkClassOutputs("cross-entropy", outputShape, classes);
    if (classWeights !== undefined && classWeights.length !== classes) {
      throw new OptionsError(
        "classWeights",
        `cross-entropy: classWeights has ${classWeights.length} numbers, and there are ${classes} classes. ` +
          `Give one number for each class.`,
      );
    }
  },

  isWeighted: ({ classWeights = [] }) => new Set(classWeights).size > 1,

  build({ labelSmoothing, classWeights }, context) {
    if (classWeights !== undefined) {
      const sumWeights = (labels: Int32Array): number => sumLabelWeights(classWeights, labels);
      return { ...buildSoftened(labelSmoothing, classWeights, context), sumWeights };
    }
    if (labelSmoothing > 0) {
      const classes = context.outputShape[0]!;
      const even = Array.from({ length: classes }, () => 1);
      return buildSoftened(labelSmoothing, even, context);
    }
    const { backend, batchSize, outputShape } = context;
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

/** Returns W = Σ_n w[label], the divisor of the mean over a batch. */
function sumLabelWeights(weights: readonly number[], labels: Int32Array): number {
  let sum = 0;
  for (let n = 0; n < labels.length; n++) sum += weights[labels[n]!]!;
  return sum;
}

/**
 * Builds the loss with label smoothing ε (Szegedy et al. 2016) and class weights w, as in PyTorch's
 * cross_entropy. The target is t[c] = (1 − ε)·w[c]·onehot(label)[c] + ε·w[c] / C. The mean is weighted by the
 * class weights of the labels: loss = Σ_n Σ_c −t[c]·log p[c] / W with W = Σ_n w[label]; ∂loss/∂outputs =
 * (p·Σ_c t[c] − t) / W.
 */
function buildSoftened(
  smoothing: number,
  weights: readonly number[],
  { backend, batchSize, outputShape }: LossContext,
): Loss {
  const C = weights.length;
  const gradients = new Batch(backend, batchSize, outputShape);
  const logP = new Float64Array(C);
  const evenly = smoothing / C;
  let evenMass = 0; // Σ_c ε·w[c] / C
  for (const weight of weights) evenMass += evenly * weight;
  let gradient: Tensor;

  return {
    forward(outputs, labels) {
      const N = outputs.shape[0]!;
      gradient = gradients.rows(N); // (N, C)
      const labelWeights = sumLabelWeights(weights, labels);

      let total = 0;
      for (let n = 0; n < N; n++) {
        const label = labels[n]!;
        const ofLabel = (1 - smoothing) * weights[label]!;
        logSoftmax(outputs.data, n * C, logP);
        for (let c = 0; c < C; c++) {
          const t = evenly * weights[c]! + (c === label ? ofLabel : 0);
          total -= t * logP[c]!;
          gradient.data[n * C + c] = (exp(logP[c]!) * (ofLabel + evenMass) - t) / labelWeights;
        }
      }
      return total / labelWeights;
    },
    backward: () => gradient,
  };
}
