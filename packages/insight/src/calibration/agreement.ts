// Compares the errors of two networks on the same images.

/** Numbers of images that both networks, only one of them, or neither classifies correctly. */
export interface Agreement {
  readonly bothRight: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly bothWrong: number;
  /** Number of images for which both predict the same class, correct or not. */
  readonly samePrediction: number;
}

/**
 * Compares the predicted classes of two networks, image by image. The first four numbers add up to the number
 * of images. `mcnemarTest(onlyA, onlyB)` tests whether the networks differ. Throws RangeError if the lengths
 * differ.
 */
export function computeAgreement(
  predictionsA: ArrayLike<number>,
  predictionsB: ArrayLike<number>,
  labels: ArrayLike<number>,
): Agreement {
  if (predictionsA.length !== labels.length || predictionsB.length !== labels.length)
    throw new RangeError(
      `agreement: the networks must predict the same ${labels.length} images, got ${predictionsA.length} and ` +
        `${predictionsB.length} predictions.`,
    );
  const counts = { bothRight: 0, onlyA: 0, onlyB: 0, bothWrong: 0, samePrediction: 0 };
  for (let n = 0; n < labels.length; n++) {
    const [a, b, label] = [predictionsA[n], predictionsB[n], labels[n]];
    if (a === label) counts[b === label ? "bothRight" : "onlyA"]++;
    else counts[b === label ? "onlyB" : "bothWrong"]++;
    if (a === b) counts.samePrediction++;
  }
  return counts;
}
