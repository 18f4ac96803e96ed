/** The smallest and the largest number among pixels. */
export interface PixelRange {
  readonly smallest: number;
  readonly largest: number;
  /** How many images it is of, where others were not looked at. */
  readonly among?: number;
}

/** Pixels are counted to 255: where they only count to 1 or 16, all is nearly black. */
const DARKEST = 64;

/** Whether there is no bright pixel. */
export function isDark({ largest }: PixelRange): boolean {
  return largest < DARKEST;
}

/**
 * Of pixels, piece by piece. It ends with the first piece after which they are known to be neither dark nor
 * all the same: of most data that is the first one, so that files need not be read to their end.
 */
export function pixelRange(pieces: Iterable<Uint8Array>): PixelRange {
  const seen = new SeenPixels();
  for (const piece of pieces) {
    seen.add(piece);
    if (seen.isUsual) break;
  }
  return seen.range;
}

/**
 * Files of images that are unpacked to know that they are dark: of more the test would take longer than all
 * other checks.
 */
const MOST_UNPACKED = 500;

/** The order to look at `count` images in, so that the first ones are from everywhere. */
export function spreadOrder(count: number): number[] {
  const step = Math.ceil(count / MOST_UNPACKED);
  const indices = Array.from({ length: count }, (_, index) => index);
  return [...indices.filter((index) => index % step === 0), ...indices.filter((index) => index % step !== 0)];
}

/**
 * As `pixelRange`, of images (H, W, C) of `count` in `spreadOrder`, each of which takes long to read: dark
 * ones are taken for all. Where C is 2 or 4, the last number to a pixel is its opacity: the same everywhere,
 * it shows nothing.
 */
export function pixelRangeOfImages(
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
    // Of one grey they would be refused, which takes all of them.
    if (colours.isUsual || (seen >= MOST_UNPACKED && !colours.isOfOneGrey)) break;
  }
  if (!opacity.isOfOneGrey) colours.add(Uint8Array.of(opacity.range.smallest, opacity.range.largest));
  return { ...colours.range, ...(seen < count && { among: seen }) };
}

class SeenPixels {
  #smallest = 255;
  #largest = 0;

  add(pixels: Uint8Array): void {
    let [smallest, largest] = [this.#smallest, this.#largest];
    // By index: with `for … of` it takes nine times as long.
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

  /** Or of none yet. */
  get isOfOneGrey(): boolean {
    return this.#smallest >= this.#largest;
  }

  get isUsual(): boolean {
    return !isDark(this.range) && !this.isOfOneGrey;
  }
}
