import { ImageBatches, shuffleIndices, type Augmenter, type ImageBatch, type InMemorySplit } from "@nn/mnist";
import type { Rng } from "@nn/tensor";

/** Options of `EpochBatches`. */
export interface EpochBatchesOptions {
  readonly split: InMemorySplit;
  /** Indices of the training images in the split, in file order. */
  readonly images: Int32Array;
  /** Changes the images of each batch. */
  readonly augmenter?: Augmenter | undefined;
  readonly batchSize: number;
  /** Whether each epoch has a new order; otherwise all have the order of the file. */
  readonly shuffle: boolean;
  /** Random stream of the orders, forked by epoch. */
  readonly rng: Rng;
}

/** A batch and its position in the training run. */
export interface TrainingBatch extends ImageBatch {
  /** Number of earlier batches in all epochs. It determines the random stream of the forward pass. */
  readonly step: number;
  readonly count: number;
  readonly isLastOfEpoch: boolean;
}

/** The mini-batches of each epoch. Their random choices depend only on the seed and the epoch. */
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
   * Yields the batches of an epoch (1, 2, …) after its first `learned` images. A batch is valid until the
   * next one is requested.
   */
  *of(epoch: number, learned: number): Generator<TrainingBatch> {
    const { images, batchSize, augmenter, shuffle, rng } = this.#options;
    const order = this.#order;
    if (shuffle) shuffleIndices(images, rng.fork(epoch), order);
    for (let start = learned; start < order.length; start += batchSize) {
      const count = Math.min(batchSize, order.length - start);
      const batch = this.#batches.batch(order, start, count);
      augmenter?.apply(batch, epoch, start);
      const step = (epoch - 1) * this.perEpoch + start / batchSize;
      yield { ...batch, step, count, isLastOfEpoch: start + count === order.length };
    }
  }
}
