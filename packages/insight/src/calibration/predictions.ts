// The predicted probability of each class for the images of a set. The other files in this folder compare
// these predictions with the labels.
import { exp, log } from "@nn/tensor";

/** The predicted probabilities of N images for C classes, and their labels. */
export interface LabeledPredictions {
  readonly classes: number;
  /** (N), integers in 0 … C − 1. */
  readonly labels: ArrayLike<number>;
  /** (N, C), row by row. */
  readonly probabilities: Float64Array;
  /** (N, C): the natural logarithms, which are finite even if a probability underflows to 0. */
  readonly logProbabilities: Float64Array;
  /** (N): the class with the largest probability, and the first if several are equal. */
  readonly predicted: Int32Array;
  /** (N): the probability of the predicted class. */
  readonly confidence: Float64Array;
}

/**
 * Applies softmax to logits (N, C), row by row, and adds the labels (N). Throws RangeError if the sizes do
 * not match, a label is not a class, or a logit is not finite.
 */
export function predictionsFromLogits(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): LabeledPredictions {
  checkSizes("predictionsFromLogits", "logits", logits, labels, classes);
  const logProbabilities = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    // log p = z − max − log Σ exp(z − max). The largest exponent is 0, so nothing overflows.
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) {
      const logit = logits[start + c]!;
      if (!Number.isFinite(logit))
        throw new RangeError(
          `predictionsFromLogits: logits must be finite, got ${logit} for image ${start / classes}, class ${c}.`,
        );
      largest = Math.max(largest, logit);
    }
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += exp(logits[start + c]! - largest);
    const logSum = log(sum);
    for (let c = 0; c < classes; c++) logProbabilities[start + c] = logits[start + c]! - largest - logSum;
  }
  return collect(logProbabilities.map(exp), logProbabilities, labels, classes);
}

/** Allowed distance from 1 of the sum of an image's probabilities, which may be rounded to a few digits. */
const SUM_TOLERANCE = 1e-3;

/**
 * Adds the labels (N) to probabilities (N, C). Throws RangeError if the sizes do not match or a label is not
 * a class. Also throws RangeError if a probability is outside 0 … 1, or the probabilities of an image do not
 * sum to 1 ± 0.001.
 */
export function predictionsFromProbabilities(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): LabeledPredictions {
  checkSizes("predictionsFromProbabilities", "probabilities", probabilities, labels, classes);
  const values = Float64Array.from(probabilities);
  for (let start = 0; start < values.length; start += classes) {
    const row = values.subarray(start, start + classes);
    const sum = row.reduce((total, p) => total + p, 0);
    if (!row.every((p) => p >= 0 && p <= 1) || Math.abs(sum - 1) > SUM_TOLERANCE)
      throw new RangeError(
        `predictionsFromProbabilities: the probabilities of image ${start / classes} must be between 0 and 1 ` +
          `and add up to 1, got ${row.join(", ")}. If these are logits, use predictionsFromLogits.`,
      );
  }
  return collect(values, values.map(log), labels, classes);
}

function checkSizes(
  caller: string,
  name: string,
  outputs: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): void {
  if (!Number.isInteger(classes) || classes < 2)
    throw new RangeError(`${caller}: classes must be a whole number from 2, got ${classes}.`);
  if (labels.length === 0) throw new RangeError(`${caller}: labels must contain at least one image.`);
  if (outputs.length !== labels.length * classes)
    throw new RangeError(
      `${caller}: ${name} must be (${labels.length}, ${classes}), which is ${labels.length * classes} numbers, ` +
        `got ${outputs.length}.`,
    );
  for (let n = 0; n < labels.length; n++) {
    const label = labels[n]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new RangeError(`${caller}: labels[${n}] must be a class from 0 to ${classes - 1}, got ${label}.`);
  }
}

function collect(
  probabilities: Float64Array,
  logProbabilities: Float64Array,
  labels: ArrayLike<number>,
  classes: number,
): LabeledPredictions {
  const predicted = new Int32Array(labels.length);
  const confidence = new Float64Array(labels.length);
  for (let n = 0; n < labels.length; n++) {
    let best = 0;
    for (let c = 1; c < classes; c++)
      if (logProbabilities[n * classes + c]! > logProbabilities[n * classes + best]!) best = c;
    predicted[n] = best;
    confidence[n] = probabilities[n * classes + best]!;
  }
  return { classes, labels, probabilities, logProbabilities, predicted, confidence };
}
