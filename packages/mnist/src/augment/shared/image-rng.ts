import { threefry2x32, type StreamKey } from "@nn/tensor";

import type { RandomGenerator } from "../../augmentation.ts";

const TWO_32 = 4294967296;

/**
 * Writes the stream keys of some images to `keys` (N, 2). The key for augmentation `step` of an image is
 * block (image, step) of the epoch's stream, which is used only for this. A key therefore does not depend on
 * the order of the images, their batches, or the random numbers of other augmentations.
 */
export function writeStreamKeys(epoch: StreamKey, images: Int32Array, step: number, keys: Int32Array): void {
  for (let n = 0; n < images.length; n++) {
    threefry2x32(epoch, images[n]!, step, block);
    keys[2 * n] = block[0]!;
    keys[2 * n + 1] = block[1]!;
  }
}

const block = new Uint32Array(2);

/** The random generator of a stream. One object is reused for all streams, to avoid allocations. */
export class ImageRng implements RandomGenerator {
  readonly #key: [number, number] = [0, 0];
  readonly #words = new Uint32Array(2);
  #nextBlock = 0;
  #secondWordLeft = false;

  /** Starts stream n of these keys (N, 2). */
  open(keys: ArrayLike<number>, n = 0): void {
    this.#key[0] = keys[2 * n]!;
    this.#key[1] = keys[2 * n + 1]!;
    this.#nextBlock = 0;
    this.#secondWordLeft = false;
  }

  uint32(): number {
    if (this.#secondWordLeft) {
      this.#secondWordLeft = false;
      return this.#words[1]!;
    }
    threefry2x32(this.#key, this.#nextBlock++, 0, this.#words);
    this.#secondWordLeft = true;
    return this.#words[0]!;
  }

  /** Returns a multiple of 2⁻³². */
  uniform(): number {
    return this.uint32() / TWO_32;
  }

  uniformBetween(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Returns one of the n integers from `low` to `high`, each with probability 1/n up to 2⁻³². */
  integer(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.uniform());
  }
}
