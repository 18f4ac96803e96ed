/** Returns the bytes of all images in one array. Their numbers would exceed the maximum length of a list. */
export function concatenateImages(images: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(images.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const image of images) {
    all.set(image, start);
    start += image.length;
  }
  return all;
}
