import { Batch, countElements, type Backend, type Shape, type Tensor } from "@nn/tensor";

import { readChunks, type Split } from "./dataset.ts";

/**
 * A split in the memory of a backend. It is created once per split and backend, and shared by all readers.
 * The images are stored as bytes, which take a quarter of the memory of float32.
 */
export class InMemorySplit {
  readonly backend: Backend;
  readonly exampleShape: Shape;
  readonly count: number;
  /** (count, …exampleShape), 0 … 255. */
  readonly images: Uint8Array;
  /** (count), 0 … classes − 1. */
  readonly labels: Int32Array;
  /** The pixel value of each byte; byte / 255 if undefined. */
  readonly pixels: Float64Array | undefined;

  constructor(backend: Backend, split: Split, exampleShape: Shape) {
    this.backend = backend;
    this.exampleShape = exampleShape;
    this.count = split.count;
    this.images = backend.allocateBytes(split.count * countElements(exampleShape));
    let read = 0;
    for (const chunk of readChunks(split)) {
      this.images.set(chunk, read);
      read += chunk.length;
    }
    this.labels = backend.allocateIntegers(split.labels.length);
    this.labels.set(split.labels);
    this.pixels = undefined;
  }
}

/** A batch of examples. The `BatchReader` owns the buffers and overwrites them with the next batch. */
export interface ImageBatch {
  /** (count, …exampleShape), pixels scaled to 0 … 1, or as in `pixels` of the split. */
  readonly images: Tensor;
  /** (count), 0 … classes − 1. */
  readonly labels: Int32Array;
  /** (count), the indices of the examples in the split. */
  readonly examples: Int32Array;
}

/** Reads batches of at most `batchSize` examples from a split. Reading a batch does not allocate memory. */
export class BatchReader {
  readonly #split: InMemorySplit;
  readonly #exampleSize: number;
  readonly #scale: number;
  readonly #images: Batch;
  readonly #labels: Int32Array;
  readonly #examples: Int32Array;
  /** Views of the buffers by batch size: the usual size, and the size of the last batch of an epoch. */
  readonly #views = new Map<number, ImageBatch>();

  constructor(split: InMemorySplit, batchSize: number) {
    const { backend, exampleShape } = split;
    this.#split = split;
    this.#exampleSize = countElements(exampleShape);
    this.#scale = backend.precision === "float32" ? Math.fround(1 / 255) : 1 / 255;
    this.#images = new Batch(backend, batchSize, exampleShape);
    this.#labels = backend.allocateIntegers(batchSize);
    this.#examples = backend.allocateIntegers(batchSize);
  }

  /** Reads the examples order[start] … order[start + count − 1] in this order; 1 ≤ count ≤ batchSize. */
  read(order: Int32Array, start: number, count: number): ImageBatch {
    const view = this.#view(count);
    const { images, labels, examples } = view;
    const allLabels = this.#split.labels;
    for (let n = 0; n < count; n++) {
      const example = order[start + n]!;
      examples[n] = example;
      labels[n] = allLabels[example]!;
    }
    const { backend, images: bytes, pixels } = this.#split;
    if (pixels === undefined) backend.gather(bytes, this.#exampleSize, examples, this.#scale, images);
    else this.#look(bytes, pixels, examples, images);
    return view;
  }

  /** out[n, i] = pixels[bytes[examples[n], i]] */
  #look(bytes: Uint8Array, pixels: Float64Array, examples: Int32Array, { data }: Tensor): void {
    const size = this.#exampleSize;
    for (let n = 0; n < examples.length; n++) {
      const from = examples[n]! * size;
      for (let i = 0; i < size; i++) data[n * size + i] = pixels[bytes[from + i]!]!;
    }
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
