/** The smallest and the largest value of pixels. */
export interface PixelRange {
  readonly smallest: number;
  readonly largest: number;
  /** Number of images that were read; absent if all were. */
  readonly among?: number;
}

/**
 * Pixels below this value are dark. White is 255; images in which no pixel exceeds 1 or 16 are nearly black.
 */
const DARKEST = 64;

/** Whether all pixels are dark. */
export function isDark({ largest }: PixelRange): boolean {
  return largest < DARKEST;
}

/**
 * Returns the range of pixels, chunk by chunk. Stops after the first chunk that shows that they are neither
 * dark nor all the same. For most data this is the first chunk, so files need not be read to the end.
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
 * The number of image files to decompress before images count as dark. Decompressing more files would take
 * longer than all other checks.
 */
const MAX_UNPACKED = 500;

/** Returns the order in which to read `count` images, so that the first ones are spread over all. */
export function createSamplingOrder(count: number): number[] {
  const step = Math.ceil(count / MAX_UNPACKED);
  const indices = Array.from({ length: count }, (_, index) => index);
  return [...indices.filter((index) => index % step === 0), ...indices.filter((index) => index % step !== 0)];
}

/**
 * Like `computePixelRange`, for images (H, W, C) in `createSamplingOrder`, which take long to read. Also stops
 * after
 * MAX_UNPACKED dark images that are not a single grey. If C is 2 or 4, the last number of a pixel is its
 * opacity, which is ignored if it is the same everywhere.
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
    // Images with a single grey value would be rejected, so all of them must be read first.
    if (colours.isUsual || (seen >= MAX_UNPACKED && !colours.isOfOneGrey)) break;
  }
  if (!opacity.isOfOneGrey) colours.add(Uint8Array.of(opacity.range.smallest, opacity.range.largest));
  return { ...colours.range, ...(seen < count && { among: seen }) };
}

class SeenPixels {
  #smallest = 255;
  #largest = 0;

  add(pixels: Uint8Array): void {
    let [smallest, largest] = [this.#smallest, this.#largest];
    // By index, because `for … of` takes nine times as long.
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

  /** Also true before the first pixel. */
  get isOfOneGrey(): boolean {
    return this.#smallest >= this.#largest;
  }

  get isUsual(): boolean {
    return !isDark(this.range) && !this.isOfOneGrey;
  }
}
