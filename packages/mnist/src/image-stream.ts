import { threefry2x32, type StreamKey } from "@nn/tensor";

import type { Draws } from "./augmentation.ts";

const TWO_32 = 4294967296;

/**
 * The random numbers of one image in one epoch. They depend on the epoch's stream and the image's place in its file, so
 * neither on the order of the images nor on the batch they are in. One object serves all images: nothing is allocated.
 */
export class ImageStream implements Draws {
  readonly #key: [number, number] = [0, 0];
  readonly #words = new Uint32Array(2);
  #nextBlock = 0;
  #secondWordLeft = false;

  /** Goes to the first number of an image. Its key is block `image` of the epoch's stream, of which nothing else is drawn. */
  open(epoch: StreamKey, image: number): void {
    threefry2x32(epoch, image, 0, this.#words);
    this.#key[0] = this.#words[0]!;
    this.#key[1] = this.#words[1]!;
    this.#nextBlock = 0;
    this.#secondWordLeft = false;
  }

  word(): number {
    if (this.#secondWordLeft) {
      this.#secondWordLeft = false;
      return this.#words[1]!;
    }
    threefry2x32(this.#key, this.#nextBlock++, 0, this.#words);
    this.#secondWordLeft = true;
    return this.#words[0]!;
  }

  /** A multiple of 2⁻³². */
  uniform(): number {
    return this.word() / TWO_32;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** For n values each as likely as 1/n up to 2⁻³². */
  integer(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.uniform());
  }
}
