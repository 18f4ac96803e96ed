import type { Rng, Shape, StreamKey } from "@nn/tensor";

import { AffineMap } from "./affine-map.ts";
import type { Augmentation, ImageFormat, Mixing, Movement, Repainting } from "./augmentation.ts";
import type { ImageBatch } from "./batches.ts";
import { ImageStream } from "./image-stream.ts";
import { Resampler } from "./resampler.ts";

/**
 * Changes training images at random, one augmentation after the other. What happens to an image follows from the stream,
 * the epoch and the image's place in its split: not from its batch, its size or what came before. Only a mixing, which comes
 * last, is one of the batch: of several, each batch draws one.
 */
export class Augmenter {
  readonly #repaintings: readonly Repainting[];
  readonly #mixings: readonly Mixing[];
  readonly #exampleSize: number;
  readonly #rng: Rng;
  readonly #stream = new ImageStream();
  #epoch = 0;
  #key: StreamKey;
  #mixingKey: StreamKey;
  #share = 1;

  /** `rng`: the stream of all epochs, which is forked by epoch. */
  constructor(augmentations: readonly Augmentation[], format: ImageFormat, rng: Rng) {
    this.#repaintings = withMovementsJoined(augmentations, format);
    this.#exampleSize = format.height * format.width * format.channels;
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

  /** Changes the images of a batch, in place. `start`: the batch's place in the epoch, which names its own stream. */
  apply({ images, examples }: ImageBatch, epoch: number, start: number): void {
    if (epoch !== this.#epoch) {
      const rng = this.#rng.fork(epoch);
      this.#epoch = epoch;
      this.#key = rng.key;
      this.#mixingKey = rng.fork("mix").key;
    }
    for (let n = 0; n < examples.length; n++) {
      this.#stream.open(this.#key, examples[n]!);
      for (const repainting of this.#repaintings) {
        repainting.repaint(this.#stream, images.data, n * this.#exampleSize);
      }
    }
    if (!this.mixes) return;
    this.#stream.open(this.#mixingKey, start);
    const mixing = this.#mixings[this.#stream.integer(0, this.#mixings.length - 1)]!;
    this.#share = mixing.mix(this.#stream, images.data);
  }
}

/** The format of images of this shape (H, W, C) whose pixels go from `black` to `white`. */
export function imageFormat(exampleShape: Shape, black: number, white: number): ImageFormat {
  const [height = 1, width = 1, channels = 1] = exampleShape;
  return { height, width, channels, black, white };
}

/** Movements that follow each other become one repainting: a pixel that is interpolated twice is blurred twice. */
function withMovementsJoined(augmentations: readonly Augmentation[], format: ImageFormat): Repainting[] {
  const repaintings: Repainting[] = [];
  let movements: Movement[] = [];
  for (const augmentation of augmentations) {
    if ("mix" in augmentation) continue;
    if ("repaint" in augmentation) {
      movements = [];
      repaintings.push(augmentation);
      continue;
    }
    if (movements.length === 0) repaintings.push(movingBy(movements, format));
    movements.push(augmentation);
  }
  return repaintings;
}

function movingBy(movements: readonly Movement[], format: ImageFormat): Repainting {
  const map = new AffineMap();
  const resampler = new Resampler(format);
  return {
    repaint(draws, images, start) {
      map.reset();
      for (const movement of movements) movement.move(draws, map);
      resampler.move(map, images, start);
    },
  };
}
