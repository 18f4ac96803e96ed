import { ImageBatches, shuffledOrder, type Augmenter, type ImageBatch, type ResidentSplit } from "@nn/mnist";
import type { Rng } from "@nn/tensor";

/** What the batches of an epoch are made of. */
export interface EpochBatchesOptions {
  readonly split: ResidentSplit;
  /** Which images of the split are learned, in file order. */
  readonly images: Int32Array;
  /** Changes the images of each batch before they are learned. */
  readonly augmenter?: Augmenter | undefined;
  readonly batchSize: number;
  /** Each epoch has an order of its own; else all have that of the file. */
  readonly shuffle: boolean;
  /** The stream of the orders, forked by epoch. */
  readonly rng: Rng;
}

/** A batch and where it stands in the training. */
export interface TrainingBatch extends ImageBatch {
  /** Batches before it in all epochs, from 0: names the random stream of its forward pass. */
  readonly step: number;
  readonly count: number;
  readonly isLastOfEpoch: boolean;
}

/** The mini-batches of each epoch. What is random about them follows from the seed and the epoch alone. */
export class EpochBatches {
  /** ⌈images / batchSize⌉ */
  readonly perEpoch: number;
  readonly #options: EpochBatchesOptions;
  readonly #batches: ImageBatches;
  readonly #order: Int32Array;

  constructor(options: EpochBatchesOptions) {
    const { split, images, batchSize } = options;
    this.perEpoch = Math.ceil(images.length / batchSize);
    this.#options = options;
    this.#batches = new ImageBatches(split, batchSize);
    this.#order = images.slice();
  }

  /**
   * Those of an epoch (1, 2, …) after the first `learned` images. A batch is valid until the next one is
   * asked for.
   */
  *of(epoch: number, learned: number): Generator<TrainingBatch> {
    const { images, batchSize, augmenter, shuffle, rng } = this.#options;
    const order = this.#order;
    if (shuffle) shuffledOrder(images, rng.fork(epoch), order);
    for (let start = learned; start < order.length; start += batchSize) {
      const count = Math.min(batchSize, order.length - start);
      const batch = this.#batches.batch(order, start, count);
      augmenter?.apply(batch, epoch, start);
      const step = (epoch - 1) * this.perEpoch + start / batchSize;
      yield { ...batch, step, count, isLastOfEpoch: start + count === order.length };
    }
  }
}
