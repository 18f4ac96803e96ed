import { Batch, sizeOf, type Backend, type Shape, type Tensor } from "@nn/tensor";

import type { Split } from "./dataset.ts";

/**
 * A split in the memory of a backend: made once for a split and a backend, and shared by all that read batches of it.
 * The images stay bytes, a quarter of what float32 takes.
 */
export class ResidentSplit {
  readonly backend: Backend;
  readonly exampleShape: Shape;
  readonly count: number;
  /** (count, …exampleShape), 0 … 255. */
  readonly images: Uint8Array;
  /** (count), 0 … classes − 1. */
  readonly labels: Int32Array;

  constructor(backend: Backend, split: Split, exampleShape: Shape) {
    this.backend = backend;
    this.exampleShape = exampleShape;
    this.count = split.count;
    this.images = backend.allocateBytes(split.images.length);
    this.images.set(split.images);
    this.labels = backend.allocateIntegers(split.labels.length);
    this.labels.set(split.labels);
  }
}

/** Some examples of a split. The buffers are those of the `ImageBatches`: the next batch overwrites them. */
export interface ImageBatch {
  /** (count, …exampleShape), pixels scaled to 0 … 1. */
  readonly images: Tensor;
  /** (count), 0 … classes − 1. */
  readonly labels: Int32Array;
  /** (count), which examples of the split they are. */
  readonly examples: Int32Array;
}

/** Reads batches of at most `batchSize` examples of a split, straight from its bytes; a batch allocates nothing. */
export class ImageBatches {
  readonly #split: ResidentSplit;
  readonly #exampleSize: number;
  readonly #scale: number;
  readonly #images: Batch;
  readonly #labels: Int32Array;
  readonly #examples: Int32Array;
  /** The views of each size of batch that came up: the usual one, and that of the last batch of an epoch. */
  readonly #views = new Map<number, ImageBatch>();

  constructor(split: ResidentSplit, batchSize: number) {
    const { backend, exampleShape } = split;
    this.#split = split;
    this.#exampleSize = sizeOf(exampleShape);
    this.#scale = backend.precision === "float32" ? Math.fround(1 / 255) : 1 / 255;
    this.#images = new Batch(backend, batchSize, exampleShape);
    this.#labels = backend.allocateIntegers(batchSize);
    this.#examples = backend.allocateIntegers(batchSize);
  }

  /** The examples order[start] … order[start + count − 1], in that order; 1 ≤ count ≤ batchSize. */
  batch(order: Int32Array, start: number, count: number): ImageBatch {
    const view = this.#view(count);
    const { images, labels, examples } = view;
    const allLabels = this.#split.labels;
    for (let n = 0; n < count; n++) {
      const example = order[start + n]!;
      examples[n] = example;
      labels[n] = allLabels[example]!;
    }
    this.#split.backend.gather(this.#split.images, this.#exampleSize, examples, this.#scale, images);
    return view;
  }

  #view(count: number): ImageBatch {
    let view = this.#views.get(count);
    if (view === undefined) {
      view = {
        images: this.#images.rows(count),
        labels: this.#labels.subarray(0, count),
        examples: this.#examples.subarray(0, count),
      };
      this.#views.set(count, view);
    }
    return view;
  }
}
