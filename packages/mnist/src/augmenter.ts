import { streamWord, type Backend, type Rng, type Shape, type StreamKey, type Tensor } from "@nn/tensor";

import {
  IMAGES_PER_PORTION,
  type Augmentation,
  type ImageFormat,
  type Mixing,
  type GeometricTransform,
  type PixelTransform,
  type Transformation,
} from "./augmentation.ts";
import type { ImageBatch } from "./batches.ts";
import { ImageStream, writeKeys } from "./augment/shared/image-stream.ts";
import { createGeometricTransform } from "./augment/shared/geometric-transform.ts";

/**
 * Changes training images at random, one augmentation after the other. What happens to an image follows from
 * the stream, the epoch and the image's place in its split: not from its batch, its size or what came before.
 * Only a mixing, which comes last, is one of the batch: of several, each batch draws one.
 */
export class Augmenter {
  readonly #transformations: readonly Transformation[];
  readonly #mixings: readonly Mixing[];
  readonly #keys: Int32Array;
  readonly #portions = new WeakMap<ImageBatch, readonly Portion[]>();
  readonly #rng: Rng;
  readonly #stream = new ImageStream();
  #epoch = 0;
  #key: StreamKey;
  #mixingKey: StreamKey;
  #share = 1;

  /** `rng`: the stream of all epochs, which is forked by epoch. */
  constructor(augmentations: readonly Augmentation[], format: ImageFormat, rng: Rng) {
    this.#transformations = withMovementsJoined(augmentations, format);
    this.#keys = format.backend.allocateIntegers(2 * IMAGES_PER_PORTION);
    this.#rng = rng;
    this.#mixings = augmentations.filter((augmentation) => "mix" in augmentation);
    this.#key = rng.fork(this.#epoch).key;
    this.#mixingKey = this.#key;
  }

  /** Whether images are mixed: then `share` says after each batch by how much. */
  get mixes(): boolean {
    return this.#mixings.length > 0;
  }

  /** The share of each image's own label in the latest batch; the rest is that of the image after it. */
  get share(): number {
    return this.#share;
  }

  /**
   * Changes the images of a batch, in place. `start`: the batch's place in the epoch, which names its own
   * stream.
   */
  apply(batch: ImageBatch, epoch: number, start: number): void {
    if (epoch !== this.#epoch) {
      const rng = this.#rng.fork(epoch);
      this.#epoch = epoch;
      this.#key = rng.key;
      this.#mixingKey = rng.fork("mix").key;
    }
    for (const { images, examples, keys } of this.#portionsOf(batch)) {
      for (const [step, transformation] of this.#transformations.entries()) {
        writeKeys(this.#key, examples, step, keys);
        transformation.transform(keys, images);
      }
    }
    if (!this.mixes) return;
    this.#stream.open([streamWord(this.#mixingKey, 2 * start), streamWord(this.#mixingKey, 2 * start + 1)]);
    const mixing = this.#mixings[this.#stream.integer(0, this.#mixings.length - 1)]!;
    this.#share = mixing.mix(this.#stream, batch.images.data);
  }

  /** A batch is cut up once, as its buffers are always the same. */
  #portionsOf(batch: ImageBatch): readonly Portion[] {
    let portions = this.#portions.get(batch);
    if (portions === undefined) {
      portions = cutUp(batch, this.#keys);
      this.#portions.set(batch, portions);
    }
    return portions;
  }
}

/** Images of a batch that are changed at once, at most PORTION. */
interface Portion {
  readonly images: Tensor;
  readonly examples: Int32Array;
  readonly keys: Int32Array;
}

function cutUp({ images, examples }: ImageBatch, keys: Int32Array): Portion[] {
  const portions: Portion[] = [];
  const size = images.data.length / examples.length;
  for (let start = 0; start < examples.length; start += IMAGES_PER_PORTION) {
    const end = Math.min(start + IMAGES_PER_PORTION, examples.length);
    portions.push({
      images: {
        shape: [end - start, ...images.shape.slice(1)],
        data: images.data.subarray(start * size, end * size),
      },
      examples: examples.subarray(start, end),
      keys: keys.subarray(0, 2 * (end - start)),
    });
  }
  return portions;
}

/**
 * The format of images of this shape (H, W, C) in a backend's memory, whose pixels go from `black` to
 * `white`.
 */
export function imageFormat(
  backend: Backend,
  exampleShape: Shape,
  black: number,
  white: number,
): ImageFormat {
  const [height = 1, width = 1, channels = 1] = exampleShape;
  return { backend, height, width, channels, black, white };
}

/** Everything but mixings as transformations; movements that follow each other become one. */
function withMovementsJoined(
  augmentations: readonly Augmentation[],
  format: ImageFormat,
): readonly Transformation[] {
  const transformations: Transformation[] = [];
  let movements: GeometricTransform[] = [];
  for (const augmentation of augmentations) {
    if ("mix" in augmentation) continue;
    if ("move" in augmentation) {
      if (movements.length === 0) transformations.push(createGeometricTransform(movements, format));
      movements.push(augmentation);
      continue;
    }
    movements = [];
    transformations.push("transform" in augmentation ? augmentation : repaintingOf(augmentation));
  }
  return transformations;
}

/** Image by image. */
function repaintingOf(repainting: PixelTransform): Transformation {
  const stream = new ImageStream();
  return {
    transform(keys, { shape, data }) {
      const N = shape[0]!;
      for (let n = 0; n < N; n++) {
        stream.open(keys, n);
        repainting.repaint(stream, data, (n * data.length) / N);
      }
    },
  };
}
