import type { ImageBatch } from "@nn/mnist";
import type { Tensor } from "@nn/tensor";

/** A test image that the network takes for something else. */
export interface Mistake {
  /** Its place in the test set, from 0. */
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  /** The output of the predicted class minus that of the label: how sure the network is of its mistake. */
  readonly margin: number;
}

/** What a network says about each image of a set, collected batch by batch. */
export class Predictions {
  /** confusion[actual][predicted]: how many. */
  readonly confusion: readonly number[][];
  readonly mistakes: Mistake[] = [];
  /**
   * ranks[r]: how many images have r classes before their label, in the order of the outputs; 0: it is the
   * predicted one.
   */
  readonly ranks: number[];

  constructor(classes: number) {
    this.confusion = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
    this.ranks = this.confusion.map(() => 0);
  }

  /** outputs (N, C) of a batch whose first image is at `start` of the set. */
  add(outputs: Tensor, batch: ImageBatch, start: number): void {
    const classes = this.confusion.length;
    for (let n = 0; n < batch.labels.length; n++) {
      const row = outputs.data.subarray(n * classes, (n + 1) * classes);
      const label = batch.labels[n]!;
      const predicted = largest(row);
      this.confusion[label]![predicted]!++;
      this.ranks[rankOf(label, row)]!++;
      if (predicted !== label) {
        this.mistakes.push({ index: start + n, label, predicted, margin: row[predicted]! - row[label]! });
      }
    }
  }
}

/** The place of the largest number, the first of equals: what `Backend.countCorrect` counts. */
function largest(row: ArrayLike<number>): number {
  let place = 0;
  for (let index = 1; index < row.length; index++) if (row[index]! > row[place]!) place = index;
  return place;
}

/**
 * How many numbers come before that at `place`: those that are larger, and equal ones further to the left.
 */
function rankOf(place: number, row: ArrayLike<number>): number {
  const own = row[place]!;
  let before = 0;
  for (let index = 0; index < row.length; index++) {
    if (row[index]! > own || (row[index] === own && index < place)) before++;
  }
  return before;
}
