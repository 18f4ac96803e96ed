import type { Shape } from "@nn/tensor";
import { encode } from "fast-png";

import type { AugmentedImage } from "./augmented-images.ts";

/** Pixels between images, and between the unchanged images and the augmented ones. */
const GAP = 2;
const WIDE_GAP = 10;

/** Small images are enlarged by an integer factor, to at most this many pixels per side. */
const MAX_IMAGE_SIDE = 84;

const GREY = 128;

/** The size of a sheet in pixels, and the scale of its images. */
export interface SheetLayout {
  readonly width: number;
  readonly height: number;
  /** Enlargement of the images: the side of a pixel on the sheet. */
  readonly scale: number;
}

/** Computes the layout of a sheet with `rows` images (H, W, C) and `versions` augmented versions of each. */
export function computeSheetLayout(
  [height = 1, width = 1]: Shape,
  rows: number,
  versions: number,
): SheetLayout {
  const scale = Math.max(1, Math.floor(MAX_IMAGE_SIDE / Math.max(height, width)));
  return {
    width: (versions + 1) * (width * scale + GAP) + GAP + WIDE_GAP,
    height: rows * (height * scale + GAP) + GAP,
    scale,
  };
}

/** The text in a sheet by which `isContactSheet` recognizes it. */
const SOFTWARE = "nn-from-scratch preview";

/** Returns whether a file that ends with these bytes was written by `encodeContactSheet`. */
export function isContactSheet(_start: string, end: string): boolean {
  return end.includes(`tEXtSoftware\0${SOFTWARE}`);
}

/**
 * Encodes a PNG file with one row per image (H, W, C): the unchanged image, then its versions. If images have
 * more than four channels, only the first channel is shown.
 */
export function encodeContactSheet(images: readonly AugmentedImage[], exampleShape: Shape): Uint8Array {
  const [H = 1, W = 1, C = 1] = exampleShape;
  const { width, height, scale } = computeSheetLayout(
    exampleShape,
    images.length,
    images[0]?.versions.length ?? 0,
  );
  const channels = C <= 4 ? C : 1;
  const data = new Uint8Array(width * height * channels).fill(GREY);
  if (channels % 2 === 0) {
    for (let alpha = channels - 1; alpha < data.length; alpha += channels) data[alpha] = 255;
  }
  for (const [row, { original, versions }] of images.entries()) {
    for (const [column, image] of [original, ...versions].entries()) {
      const top = GAP + row * (H * scale + GAP);
      const left = GAP + column * (W * scale + GAP) + (column === 0 ? 0 : WIDE_GAP);
      for (let y = 0; y < H * scale; y++) {
        for (let x = 0; x < W * scale; x++) {
          const from = (Math.floor(y / scale) * W + Math.floor(x / scale)) * C;
          const to = ((top + y) * width + left + x) * channels;
          for (let c = 0; c < channels; c++) data[to + c] = image[from + c]!;
        }
      }
    }
  }
  return encode({ width, height, channels, depth: 8, data, text: { Software: SOFTWARE } });
}
