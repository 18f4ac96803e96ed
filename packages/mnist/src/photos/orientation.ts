/** The size of an image, and the pixel of the file that each of its pixels shows. */
export interface OrientedImage {
  readonly width: number;
  readonly height: number;
  /** Returns the index in the file of the pixel (x, y), in row-major order. */
  readonly indexOf: (x: number, y: number) => number;
}

/** Tag of the orientation, and the type of its value: a number of 16 bits (Exif 2.32, 4.6.4). */
const [ORIENTATION, SHORT] = [0x0112, 3];

/**
 * Returns the Exif orientation, 1 to 8, of a block of TIFF data: a header, then a list of entries of 12 bytes
 * (TIFF 6.0, section 2). Returns 1, the orientation of the file, if the block is damaged or has no other.
 */
export function readOrientation(exif: Uint8Array): number {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const order = exif.length < 8 ? 0 : view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const isLittle = order === 0x4949;
  const list = view.getUint32(4, isLittle);
  const count = list + 2 <= exif.length ? view.getUint16(list, isLittle) : 0;
  for (let at = list + 2; at < list + 2 + 12 * count && at + 12 <= exif.length; at += 12) {
    if (view.getUint16(at, isLittle) !== ORIENTATION || view.getUint16(at + 2, isLittle) !== SHORT) continue;
    const value = view.getUint16(at + 8, isLittle);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/**
 * Turns an image of this size by its Exif orientation. The orientation says on which sides of the turned
 * image row 0 and column 0 of the file are: 1 top and left, 2 top and right, 3 bottom and right, 4 bottom and
 * left, 5 left and top, 6 right and top, 7 right and bottom, 8 left and bottom (Exif 2.32, 4.6.4).
 */
export function orientImage(width: number, height: number, orientation: number): OrientedImage {
  const swaps = orientation >= 5;
  const flipsX = [2, 3, 7, 8].includes(orientation);
  const flipsY = [3, 4, 6, 7].includes(orientation);
  return {
    width: swaps ? height : width,
    height: swaps ? width : height,
    indexOf(x, y) {
      const [column, row] = swaps ? [y, x] : [x, y];
      return (flipsY ? height - 1 - row : row) * width + (flipsX ? width - 1 - column : column);
    },
  };
}
