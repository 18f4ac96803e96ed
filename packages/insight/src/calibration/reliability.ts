// A reliability diagram compares the confidence of a network with its accuracy. The expected calibration
// error is the mean distance of the diagram from the diagonal.
import type { LabeledPredictions } from "./predictions.ts";

/** A bin of the reliability diagram: the images whose confidence is in a range. */
export interface ReliabilityBin {
  /** The bin contains the confidences above `lower` and up to `upper`. */
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
  /** Mean probability of the predicted class. Undefined in an empty bin. */
  readonly confidence: number | undefined;
  /** Fraction of the images that are classified correctly. Undefined in an empty bin. */
  readonly accuracy: number | undefined;
}

/**
 * Returns `bins` ranges of equal width, in ascending order, which divide the images by their confidence (Guo
 * et al. 2017, On Calibration of Modern Neural Networks, section 2). Bin i contains the confidences in
 * (i/bins, (i + 1)/bins].
 */
export function computeReliabilityBins(predictions: LabeledPredictions, bins = 15): ReliabilityBin[] {
  if (!Number.isInteger(bins) || bins < 1)
    throw new RangeError(`computeReliabilityBins: bins must be a whole number from 1, got ${bins}.`);
  const { confidence, predicted, labels } = predictions;
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, correct: 0 }));
  for (let n = 0; n < labels.length; n++) {
    const sum = sums[binOf(confidence[n]!, bins)]!;
    sum.count++;
    sum.confidence += confidence[n]!;
    if (predicted[n] === labels[n]) sum.correct++;
  }
  return sums.map(({ count, confidence, correct }, bin) => ({
    lower: bin / bins,
    upper: (bin + 1) / bins,
    count,
    confidence: count === 0 ? undefined : confidence / count,
    accuracy: count === 0 ? undefined : correct / count,
  }));
}

/**
 * Returns the expected calibration error: Σ (count / N)·|accuracy − confidence| over the bins (Guo et al.
 * 2017, equation 3). 0 is perfect.
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const images = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce(
    (sum, { count, accuracy = 0, confidence = 0 }) =>
      sum + (count / images) * Math.abs(accuracy - confidence),
    0,
  );
}

/** The bin of a confidence in (0, 1]. */
function binOf(confidence: number, bins: number): number {
  let bin = Math.ceil(confidence * bins) - 1;
  // The product is rounded, so compare with the exact edges.
  if (confidence <= bin / bins) bin--;
  if (confidence > (bin + 1) / bins) bin++;
  return bin;
}
