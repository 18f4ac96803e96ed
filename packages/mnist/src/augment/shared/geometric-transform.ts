import { Batch, type FloatArray } from "@nn/tensor";

import { AffineTransform } from "./affine-transform.ts";
import {
  IMAGES_PER_CHUNK,
  type ImageFormat,
  type GeometricTransform,
  type BatchTransform,
} from "../../augmentation.ts";
import { ImageRng } from "./image-rng.ts";

/**
 * Coordinates are rounded to multiples of 1/65536 pixel, so that shifts by whole pixels and quarter turns are
 * exact.
 */
const ONE = 65536;

/** Combines consecutive geometric transforms into one, because each interpolation blurs the image. */
export function createGeometricTransform(
  transforms: readonly GeometricTransform[],
  format: ImageFormat,
): BatchTransform {
  const { backend, black } = format;
  const map = new AffineTransform();
  const stream = new ImageRng();
  const maps = new Batch(backend, IMAGES_PER_CHUNK, [6]);
  return {
    transformBatch(keys, images) {
      const ofImages = maps.rows(images.shape[0]!);
      for (let n = 0; n < images.shape[0]!; n++) {
        map.reset();
        stream.open(keys, n);
        for (const transform of transforms) transform.transformCoordinates(stream, map);
        write(map, format, ofImages.data, 6 * n);
      }
      backend.resample({ x: images, maps: ofImages, black });
    },
  };
}

/**
 * Converts an affine transform relative to the image's center to one relative to its first pixel, and writes
 * it to `maps`.
 */
function write(map: AffineTransform, { height, width }: ImageFormat, maps: FloatArray, at: number): void {
  const [xx, xy] = [rounded(map.xx), rounded(map.xy)];
  const [yx, yy] = [rounded(map.yx), rounded(map.yy)];
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  maps[at] = xx;
  maps[at + 1] = xy;
  maps[at + 2] = rounded(middleX + map.dx - xx * middleX - xy * middleY);
  maps[at + 3] = yx;
  maps[at + 4] = yy;
  maps[at + 5] = rounded(middleY + map.dy - yx * middleX - yy * middleY);
}

function rounded(value: number): number {
  return Math.round(value * ONE) / ONE;
}
