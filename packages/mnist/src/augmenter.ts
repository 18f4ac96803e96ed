import { streamWord, type Backend, type Rng, type Shape, type StreamKey, type Tensor } from "@nn/tensor";

import {
  IMAGES_PER_CHUNK,
  type Augmentation,
  type ImageFormat,
  type MixTransform,
  type GeometricTransform,
  type PixelTransform,
  type BatchTransform,
} from "./augmentation.ts";
import type { ImageBatch } from "./batches.ts";
import { ImageRng, writeStreamKeys } from "./augment/shared/image-rng.ts";
import { createGeometricTransform } from "./augment/shared/geometric-transform.ts";

/**
 * Applies random augmentations to training images, one after the other. The result for an image depends only
 * on the stream, the epoch and the index of the image in its split. It does not depend on its batch or
 * earlier batches. Mixing comes last and depends on the batch: each batch draws one of the mix transforms.
 */
export class Augmenter {
  readonly #transformations: readonly BatchTransform[];
  readonly #mixings: readonly MixTransform[];
  readonly #keys: Int32Array;
  readonly #portions = new WeakMap<ImageBatch, readonly Portion[]>();
  readonly #rng: Rng;
  readonly #stream = new ImageRng();
  #epoch = 0;
  #key: StreamKey;
  #mixingKey: StreamKey;
  #share = 1;

  /** `rng` is the random stream. It is forked per epoch. */
  constructor(augmentations: readonly Augmentation[], format: ImageFormat, rng: Rng) {
    this.#transformations = withMovementsJoined(augmentations, format);
    this.#keys = format.backend.allocateIntegers(2 * IMAGES_PER_CHUNK);
    this.#rng = rng;
    this.#mixings = augmentations.filter((augmentation) => "mix" in augmentation);
    this.#key = rng.fork(this.#epoch).key;
    this.#mixingKey = this.#key;
  }

  /** Whether images are mixed. If so, `share` changes with each batch. */
  get mixes(): boolean {
    return this.#mixings.length > 0;
  }

  /**
   * The weight of each image's own label in the last batch. The rest is the weight of the next image's label.
   */
  get share(): number {
    return this.#share;
  }

  /**
   * Augments the images of a batch in place. `start` is the position of the batch in the epoch, which
   * determines the random numbers of mixing.
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
        writeStreamKeys(this.#key, examples, step, keys);
        transformation.transformBatch(keys, images);
      }
    }
    if (!this.mixes) return;
    this.#stream.open([streamWord(this.#mixingKey, 2 * start), streamWord(this.#mixingKey, 2 * start + 1)]);
    const mixing = this.#mixings[this.#stream.integer(0, this.#mixings.length - 1)]!;
    this.#share = mixing.mix(this.#stream, batch.images.data);
  }

  /**
   * Returns the chunks of a batch. They are cached, because the same batch object always has the same
   * buffers.
   */
  #portionsOf(batch: ImageBatch): readonly Portion[] {
    let portions = this.#portions.get(batch);
    if (portions === undefined) {
      portions = cutUp(batch, this.#keys);
      this.#portions.set(batch, portions);
    }
    return portions;
  }
}

/** At most IMAGES_PER_CHUNK images of a batch, which are augmented at once. */
interface Portion {
  readonly images: Tensor;
  readonly examples: Int32Array;
  readonly keys: Int32Array;
}

function cutUp({ images, examples }: ImageBatch, keys: Int32Array): Portion[] {
  const portions: Portion[] = [];
  const size = images.data.length / examples.length;
  for (let start = 0; start < examples.length; start += IMAGES_PER_CHUNK) {
    const end = Math.min(start + IMAGES_PER_CHUNK, examples.length);
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
 * Returns the format of images of this shape (H, W, C) in a backend's memory, with pixels from `black` to
 * `white`.
 */
export function getImageFormat(
  backend: Backend,
  exampleShape: Shape,
  black: number,
  white: number,
): ImageFormat {
  const [height = 1, width = 1, channels = 1] = exampleShape;
  return { backend, height, width, channels, black, white };
}

/**
 * Converts all augmentations except mix transforms to batch transforms. Combines consecutive geometric
 * transforms.
 */
function withMovementsJoined(
  augmentations: readonly Augmentation[],
  format: ImageFormat,
): readonly BatchTransform[] {
  const transformations: BatchTransform[] = [];
  let transforms: GeometricTransform[] = [];
  for (const augmentation of augmentations) {
    if ("mix" in augmentation) continue;
    if ("transformCoordinates" in augmentation) {
      if (transforms.length === 0) transformations.push(createGeometricTransform(transforms, format));
      transforms.push(augmentation);
      continue;
    }
    transforms = [];
    transformations.push("transformBatch" in augmentation ? augmentation : toBatchTransform(augmentation));
  }
  return transformations;
}

/** Applies a pixel transform image by image. */
function toBatchTransform(pixelTransform: PixelTransform): BatchTransform {
  const stream = new ImageRng();
  return {
    transformBatch(keys, { shape, data }) {
      const N = shape[0]!;
      for (let n = 0; n < N; n++) {
        stream.open(keys, n);
        pixelTransform.transformPixels(stream, data, (n * data.length) / N);
      }
    },
  };
}
