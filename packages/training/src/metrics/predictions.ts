import type { ImageBatch } from "@nn/mnist";
import type { Tensor } from "@nn/tensor";

/** A misclassified image. */
export interface Misclassification {
  /** Index in the file of the images, from 0. */
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  /** The output of the predicted class minus that of the label. */
  readonly margin: number;
}

/** Collects the outputs and predictions of a network for the images of a set, batch by batch. */
export class Predictions {
  /** Number of classes, C. */
  readonly classes: number;
  /** (N, C), the outputs of the network for each image, row-major. */
  readonly outputs: Float32Array;
  /** (N) */
  readonly labels: Int32Array;
  /** (N), the index of each image in its file. */
  readonly indices: Int32Array;
  /** confusion[actual][predicted]: number of images. */
  readonly confusion: readonly number[][];
  readonly mistakes: Misclassification[] = [];
  /**
   * ranks[r]: number of images whose label has the (r + 1)-th largest output. Rank 0 is the predicted class.
   */
  readonly ranks: number[];

  /** `images`: the number of images, N. */
  constructor(classes: number, images: number) {
    this.classes = classes;
    this.outputs = new Float32Array(images * classes);
    this.labels = new Int32Array(images);
    this.indices = new Int32Array(images);
    this.confusion = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
    this.ranks = this.confusion.map(() => 0);
  }

  /** Adds the outputs (n, C) of a batch of n images; `start` is its first row. */
  add(outputs: Tensor, { labels, examples }: ImageBatch, start: number): void {
    const { classes } = this;
    this.outputs.set(outputs.data.subarray(0, labels.length * classes), start * classes);
    this.labels.set(labels, start);
    this.indices.set(examples, start);
    for (let n = 0; n < labels.length; n++) {
      const row = outputs.data.subarray(n * classes, (n + 1) * classes);
      const label = labels[n]!;
      const predicted = largest(row);
      this.confusion[label]![predicted]!++;
      this.ranks[rankOf(label, row)]!++;
      if (predicted !== label) {
        this.mistakes.push({ index: examples[n]!, label, predicted, margin: row[predicted]! - row[label]! });
      }
    }
  }
}

/**
 * Returns the index of the largest number, or the first of several equal ones, as in `Backend.countCorrect`.
 */
function largest(row: ArrayLike<number>): number {
  let place = 0;
  for (let index = 1; index < row.length; index++) if (row[index]! > row[place]!) place = index;
  return place;
}

/**
 * Returns the rank of the number at index `place`, from 0: the count of larger numbers, and of equal ones
 * with a lower index.
 */
function rankOf(place: number, row: ArrayLike<number>): number {
  const own = row[place]!;
  let before = 0;
  for (let index = 0; index < row.length; index++) {
    if (row[index]! > own || (row[index] === own && index < place)) before++;
  }
  return before;
}
