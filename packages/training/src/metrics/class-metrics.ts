/** Precision, recall and F1 of one class. A ratio is undefined if its denominator is 0. */
export interface ClassMetrics {
  readonly class: number;
  /** Number of test images of this class. */
  readonly images: number;
  /** TP / (TP + FP): the fraction of the images predicted as this class that belong to it. */
  readonly precision: number | undefined;
  /** TP / (TP + FN): the fraction of the images of this class that are predicted as this class. */
  readonly recall: number | undefined;
  /** 2·TP / (2·TP + FP + FN): the harmonic mean of precision and recall; 0 if TP is 0. */
  readonly f1: number | undefined;
}

/** Returns the metrics of each class from the confusion matrix of `Predictions`. */
export function computeClassMetrics(confusion: readonly (readonly number[])[]): ClassMetrics[] {
  return confusion.map((row, label) => {
    const found = row[label]!; // TP
    const images = sum(row); // TP + FN
    const taken = sum(confusion.map((each) => each[label]!)); // TP + FP
    return {
      class: label,
      images,
      precision: share(found, taken),
      recall: share(found, images),
      f1: share(2 * found, images + taken),
    };
  });
}

/**
 * Returns the top-k accuracy for k = 1, 2, …: the fraction of images whose label is among the k largest
 * outputs. `ranks` is that of `Predictions`.
 */
export function computeTopKAccuracies(ranks: readonly number[]): number[] {
  const images = sum(ranks);
  let within = 0;
  return ranks.map((count) => (within += count) / images);
}

function share(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
