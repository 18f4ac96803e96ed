/** The smallest and the largest number among pixels. */
export interface PixelRange {
  readonly smallest: number;
  readonly largest: number;
}

/** Of all images of a split. */
export function pixelRange(images: Uint8Array): PixelRange {
  let [smallest, largest] = [255, 0];
  for (const pixel of images) {
    if (pixel < smallest) smallest = pixel;
    if (pixel > largest) largest = pixel;
  }
  return { smallest, largest };
}
