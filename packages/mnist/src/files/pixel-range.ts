/** The smallest and the largest value of pixels. */
export interface PixelRange {
  readonly smallest: number;
  readonly largest: number;
  /** Number of images that were read; absent if all were. */
  readonly among?: number;
}

/**
 * Pixels below this value are dark. White is 255, so images on a scale of 0 to 1 or 0 to 16 are nearly black.
 */
const DARKEST = 64;

/** Whether all pixels are dark. */
export function isDark({ largest }: PixelRange): boolean {
  return largest < DARKEST;
}

/**
 * Returns the range of pixels. Reads chunks only until the pixels are known to be neither dark nor all the
 * same. For most data, the first chunk is enough.
 */
export function computePixelRange(chunks: Iterable<Uint8Array>): PixelRange {
  const seen = new SeenPixels();
  for (const chunk of chunks) {
    seen.add(chunk);
    if (seen.isUsual) break;
  }
  return seen.range;
}

/**
 * Number of image files to decompress before the images count as dark. Decompressing more would take longer
 * than all other checks.
 */
const MAX_UNPACKED = 500;

/** Returns an order in which to read `count` images. The first images are spread over the whole range. */
export function createSamplingOrder(count: number): number[] {
  const step = Math.ceil(count / MAX_UNPACKED);
  const indices = Array.from({ length: count }, (_, index) => index);
  return [...indices.filter((index) => index % step === 0), ...indices.filter((index) => index % step !== 0)];
}

/**
 * Like `computePixelRange`, but for images (H, W, C) that take long to read, in the order of
 * `createSamplingOrder`. Also stops after MAX_UNPACKED dark images with more than one grey value. If C is 2
 * or 4, the last number of a pixel is its opacity, which is ignored if it is the same everywhere.
 */
export function computeImagePixelRange(
  images: Iterable<Uint8Array>,
  count: number,
  channels: number,
): PixelRange {
  const [colours, opacity] = [new SeenPixels(), new SeenPixels()];
  const hasOpacity = channels % 2 === 0;
  const isOpacity = (index: number): boolean => hasOpacity && (index + 1) % channels === 0;
  let seen = 0;
  for (const image of images) {
    colours.add(hasOpacity ? image.filter((_number, index) => !isOpacity(index)) : image);
    if (hasOpacity) opacity.add(image.filter((_number, index) => isOpacity(index)));
    seen += 1;
    // Images with a single grey value are rejected, so all images must be read before that decision.
    if (colours.isUsual || (seen >= MAX_UNPACKED && !colours.isOfOneGrey)) break;
  }
  if (!opacity.isOfOneGrey) colours.add(Uint8Array.of(opacity.range.smallest, opacity.range.largest));
  return { ...colours.range, ...(seen < count && { among: seen }) };
}

/**
 * Returns the value of all pixels of these images if they are equal, otherwise undefined. `chosen` contains
 * their indices in ascending order. Reads the images in file order until two pixels differ.
 */
export function findUniformPixel(images: Iterable<Uint8Array>, chosen: Int32Array): number | undefined {
  const seen = new SeenPixels();
  let [index, next] = [-1, 0];
  for (const image of images) {
    index += 1;
    if (index !== chosen[next]) continue;
    next += 1;
    seen.add(image);
    if (!seen.isOfOneGrey) return undefined;
    if (next === chosen.length) break;
  }
  return next === 0 ? undefined : seen.range.smallest;
}

/** Yields the images of `size` bytes each in chunks of any length. An image is valid until the next one. */
export function* splitIntoImages(chunks: Iterable<Uint8Array>, size: number): Generator<Uint8Array> {
  const image = new Uint8Array(size);
  let filled = 0;
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.length;) {
      const part = chunk.subarray(from, from + size - filled);
      image.set(part, filled);
      from += part.length;
      filled += part.length;
      if (filled < size) continue;
      yield image;
      filled = 0;
    }
  }
}

class SeenPixels {
  #smallest = 255;
  #largest = 0;

  add(pixels: Uint8Array): void {
    let [smallest, largest] = [this.#smallest, this.#largest];
    // A loop by index, because `for … of` takes nine times as long.
    for (let i = 0; i < pixels.length; i++) {
      const pixel = pixels[i]!;
      if (pixel < smallest) smallest = pixel;
      if (pixel > largest) largest = pixel;
    }
    [this.#smallest, this.#largest] = [smallest, largest];
  }

  get range(): PixelRange {
    return { smallest: this.#smallest, largest: this.#largest };
  }

  /** Whether all pixels so far are the same. True before the first pixel. */
  get isOfOneGrey(): boolean {
    return this.#smallest >= this.#largest;
  }

  get isUsual(): boolean {
    return !isDark(this.range) && !this.isOfOneGrey;
  }
}
