import { BatchReader, shuffleIndices, type Augmenter, type ImageBatch, type InMemorySplit } from "@nn/mnist";
import type { Rng } from "@nn/tensor";

/** Options of `DataLoader`. */
export interface DataLoaderOptions {
  readonly split: InMemorySplit;
  /** Indices of the training images in the split, in file order. */
  readonly images: Int32Array;
  /** Changes the images of each batch. */
  readonly augmenter?: Augmenter | undefined;
  readonly batchSize: number;
  /** Whether each epoch has a new order. Otherwise, all epochs have file order. */
  readonly shuffle: boolean;
  /** Random stream of the orders, forked per epoch. */
  readonly rng: Rng;
}

/** A batch and its position in the training run. */
export interface TrainingBatch extends ImageBatch {
  /** Number of earlier batches in all epochs. It selects the random stream of the forward pass. */
  readonly step: number;
  readonly count: number;
  readonly isLastOfEpoch: boolean;
}

/** Yields the mini-batches of each epoch. The random choices depend only on the seed and the epoch. */
export class DataLoader {
  /** ⌈images / batchSize⌉ */
  readonly batchesPerEpoch: number;
  readonly #options: DataLoaderOptions;
  readonly #batches: BatchReader;
  readonly #order: Int32Array;

  constructor(options: DataLoaderOptions) {
    const { split, images, batchSize } = options;
    this.batchesPerEpoch = Math.ceil(images.length / batchSize);
    this.#options = options;
    this.#batches = new BatchReader(split, batchSize);
    this.#order = images.slice();
  }

  /**
   * Yields the batches of an epoch (1, 2, …) after its first `learned` images. A batch is valid until the
   * next one is requested.
   */
  *epoch(epoch: number, learned: number): Generator<TrainingBatch> {
    const { images, batchSize, augmenter, shuffle, rng } = this.#options;
    const order = this.#order;
    if (shuffle) shuffleIndices(images, rng.fork(epoch), order);
    for (let start = learned; start < order.length; start += batchSize) {
      const count = Math.min(batchSize, order.length - start);
      const batch = this.#batches.read(order, start, count);
      augmenter?.apply(batch, epoch, start);
      const step = (epoch - 1) * this.batchesPerEpoch + start / batchSize;
      yield { ...batch, step, count, isLastOfEpoch: start + count === order.length };
    }
  }
}
