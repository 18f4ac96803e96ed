import type { Window } from "@nn/tensor";

// Convolutions that give few channels are computed across images, sixteen side by side; see
// assembly/across-images.ts.

const IMAGES = 16;
const LANE_BYTES = 4 * IMAGES;
/** More filters fill the tiles of assembly/segments.ts. */
const MOST_FILTERS = 8;
/** Fewer images leave more than half of the lanes idle. */
const FEWEST_IMAGES = 9;
/** Fields of assembly/across-images.ts, `Across`. */
const FIELDS = 21;

/**
 * A convolution that can be computed across images: x (images, height, width, channels) gives `filters`
 * channels.
 */
export interface AcrossImagesPlan {
  readonly images: number;
  readonly channels: number;
  readonly filters: number;
  readonly window: Window;
}

/** The plan of the forward pass: x (images, height, width, channels) gives `filters` channels. */
export function acrossForward(
  window: Window,
  images: number,
  channels: number,
  filters: number,
): AcrossImagesPlan {
  return { images, channels, filters, window };
}

/** The gradient by the input, as a convolution of dy: the window, turned by 180 degrees, stands on dy. */
export function acrossBackward(
  window: Window,
  images: number,
  channels: number,
  filters: number,
): AcrossImagesPlan {
  const { height, width, outputHeight, outputWidth } = window;
  const turned = {
    ...window,
    height: outputHeight,
    width: outputWidth,
    padTop: (window.kernelHeight - 1) * window.dilationHeight - window.padTop,
    padLeft: (window.kernelWidth - 1) * window.dilationWidth - window.padLeft,
    outputHeight: height,
    outputWidth: width,
  };
  return { images, channels: filters, filters: channels, window: turned };
}

/** Whether it pays, and can be done: forward at any stride, backward where windows stand side by side. */
export function paysAcross(
  { images, filters, window }: AcrossImagesPlan,
  groups: number,
  backward: boolean,
): boolean {
  const { strideHeight, strideWidth, dilationWidth } = window;
  if (groups > 1 || dilationWidth > 1 || (backward && strideHeight * strideWidth > 1)) return false;
  return filters <= MOST_FILTERS && images >= FEWEST_IMAGES;
}

/** Filters of a tile, and of as many tiles as hold all. */
function tilesOf(filters: number): { tile: number; packed: number } {
  const tile = filters % 4 === 0 || filters === 7 ? 4 : 3;
  return { tile, packed: Math.ceil(filters / tile) * tile };
}

/** The number of 32-bit words that the plan needs beside its operands. */
export function wordsOfAcross({ channels, filters, window }: AcrossImagesPlan): number {
  const { packed } = tilesOf(filters);
  return (
    FIELDS +
    (window.kernelHeight * window.kernelWidth * channels + 1) * packed +
    IMAGES * (window.height * window.width * channels + window.outputWidth * filters) +
    IMAGES
  );
}

/** Writes it at the beginning of its room; `address` is where that is. */
export function writeAcross(words: Int32Array, address: number, across: AcrossImagesPlan): void {
  const { images, channels, filters, window } = across;
  const { tile, packed } = tilesOf(filters);
  const weights = address + 4 * FIELDS;
  const bias = weights + 4 * window.kernelHeight * window.kernelWidth * channels * packed;
  // From the next cache line on, as all lanes of a number are one.
  const field = Math.ceil((bias + 4 * packed) / LANE_BYTES) * LANE_BYTES;
  const row = field + LANE_BYTES * window.height * window.width * channels;
  words.set([
    images,
    window.height,
    window.width,
    channels,
    filters,
    window.kernelHeight,
    window.kernelWidth,
    window.strideHeight,
    window.strideWidth,
    window.dilationHeight,
    window.padTop,
    window.padLeft,
    window.outputHeight,
    window.outputWidth,
    tile,
    packed,
    LANE_BYTES,
    weights,
    bias,
    field,
    row,
  ]);
}
