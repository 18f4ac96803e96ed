import { losses } from "@nn/layers";

import type { TrialSpec } from "../trial-spec.ts";
import { getOutputLayerTypes } from "./output-layers.ts";

/**
 * The function that converts the outputs of a network to the probabilities of the classes. With `identity`,
 * the outputs are the probabilities.
 */
export type ProbabilityFunction = "softmax" | "sigmoid" | "identity";

/**
 * Returns the function that converts the outputs of a trial's network to probabilities: the sigmoid for
 * binary cross-entropy, otherwise the softmax. If the network ends in a softmax and the loss does not apply
 * another one, the outputs already are the probabilities. The softmax may be inside a `repeat`, or before
 * layers that change only the shape. Joined branches do not count, because a sum of softmaxes is none.
 */
export function getProbabilityFunction({
  model,
  loss,
}: Pick<TrialSpec, "model" | "loss">): ProbabilityFunction {
  const applied = losses.get(loss.type)?.appliesToOutputs;
  if (applied !== undefined) return applied;
  const types = getOutputLayerTypes(model.layers);
  const isSoftmax = types.length === 1 && types[0] === "softmax";
  return isSoftmax ? "identity" : "softmax";
}
