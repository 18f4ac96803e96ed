// Scores of the predicted probabilities for a set of images.
import type { LabeledPredictions } from "./predictions.ts";

/**
 * Returns the Brier score (Brier 1950): the mean over the images of Σ_c (p_c − y_c)², where y is 1 for the
 * label and 0 for the other classes. 0 is the best value, 2 the worst. For two classes, it is twice the score
 * of scikit-learn's `brier_score_loss`.
 */
export function brierScore({ probabilities, labels, classes }: LabeledPredictions): number {
  let sum = 0;
  for (let n = 0; n < labels.length; n++)
    for (let c = 0; c < classes; c++)
      sum += (probabilities[n * classes + c]! - (labels[n] === c ? 1 : 0)) ** 2;
  return sum / labels.length;
}

/**
 * Returns the negative log-likelihood, which is the cross-entropy: the mean over the images of −log p of the
 * label, in nats. It is Infinity if the probability of a label is 0.
 */
export function negativeLogLikelihood({ logProbabilities, labels, classes }: LabeledPredictions): number {
  let sum = 0;
  for (let n = 0; n < labels.length; n++) sum -= logProbabilities[n * classes + labels[n]!]!;
  return sum / labels.length;
}

/**
 * Returns the fraction of the images whose label is among the `k` most probable classes. Ties are broken in
 * favor of the class with the smaller index. k = 1 gives the accuracy. Throws RangeError unless k is in 1 …
 * C.
 */
export function topKAccuracy(predictions: LabeledPredictions, k: number): number {
  const { logProbabilities, labels, classes } = predictions;
  if (!Number.isInteger(k) || k < 1 || k > classes)
    throw new RangeError(`topKAccuracy: k must be a whole number from 1 to ${classes}, got ${k}.`);
  let within = 0;
  for (let n = 0; n < labels.length; n++) {
    const row = logProbabilities.subarray(n * classes, (n + 1) * classes);
    const label = labels[n]!;
    const own = row[label]!;
    let before = 0;
    for (const [c, other] of row.entries()) if (other > own || (other === own && c < label)) before++;
    if (before < k) within++;
  }
  return within / labels.length;
}
