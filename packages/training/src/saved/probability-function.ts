import { losses } from "@nn/layers";

import type { TrialSpec } from "../trial-spec.ts";

/**
 * The function that converts the outputs of a network to the probabilities of the classes. With `identity`,
 * the outputs are the probabilities.
 */
export type ProbabilityFunction = "softmax" | "sigmoid" | "identity";

/**
 * Returns the function that converts the outputs of a trial's network to probabilities: the sigmoid for
 * binary cross-entropy, otherwise the softmax. If the last layer is a softmax and the loss does not apply
 * another one, the outputs already are the probabilities.
 */
export function getProbabilityFunction({
  model,
  loss,
}: Pick<TrialSpec, "model" | "loss">): ProbabilityFunction {
  const applied = losses.get(loss.type)?.appliesToOutputs;
  if (applied !== undefined) return applied;
  return model.layers.at(-1)?.type === "softmax" ? "identity" : "softmax";
}
