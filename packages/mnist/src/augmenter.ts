import type { Rng, Shape, StreamKey } from "@nn/tensor";

import { AffineMap } from "./affine-map.ts";
import type { Augmentation, ImageFormat, Movement, Repainting } from "./augmentation.ts";
import type { ImageBatch } from "./batches.ts";
import { ImageStream } from "./image-stream.ts";
import { Resampler } from "./resampler.ts";

/**
 * Changes training images at random, one augmentation after the other. What happens to an image follows from the stream,
 * the epoch and the image's place in its split: not from its batch, its size or what came before.
 */
export class Augmenter {
  readonly #repaintings: readonly Repainting[];
  readonly #exampleSize: number;
  readonly #rng: Rng;
  readonly #stream = new ImageStream();
  #epoch = 0;
  #key: StreamKey;

  /** `rng`: the stream of all epochs, which is forked by epoch. */
  constructor(augmentations: readonly Augmentation[], format: ImageFormat, rng: Rng) {
    this.#repaintings = withMovementsJoined(augmentations, format);
    this.#exampleSize = format.height * format.width * format.channels;
    this.#rng = rng;
    this.#key = rng.fork(this.#epoch).key;
  }

  /** Changes the images of a batch, in place. */
  apply({ images, examples }: ImageBatch, epoch: number): void {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#key = this.#rng.fork(epoch).key;
    }
    for (let n = 0; n < examples.length; n++) {
      this.#stream.open(this.#key, examples[n]!);
      for (const repainting of this.#repaintings) {
        repainting.repaint(this.#stream, images.data, n * this.#exampleSize);
      }
    }
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
