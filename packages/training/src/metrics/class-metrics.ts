/** How well one class is told from the others. Undefined where there is nothing to take a share of. */
export interface ClassMetrics {
  readonly class: number;
  /** Test images of this class. */
  readonly images: number;
  /** TP / (TP + FP): of the images taken for this class, the share that is. Undefined when none was. */
  readonly precision: number | undefined;
  /** TP / (TP + FN): of the images of this class, the share that was found. Undefined when there is none. */
  readonly recall: number | undefined;
  /** 2·TP / (2·TP + FP + FN): the harmonic mean of the two, 0 when nothing was found. */
  readonly f1: number | undefined;
}

/** From confusion[actual][predicted], for each class. */
export function classMetrics(confusion: readonly (readonly number[])[]): ClassMetrics[] {
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
 * For k = 1, 2, …: of how many images the label is among the k largest outputs, as a share. `ranks`: see
 * Predictions.
 */
export function topAccuracies(ranks: readonly number[]): number[] {
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
