import type { Window } from "@nn/tensor";

/** Panels of assembly/panel.ts. */
const COLUMNS = 16;
/** Fields of assembly/winograd.ts, `Winograd`. */
const FIELDS = 15;
/** SearchSpaceEncoding of a tile of 4×4. */
const PLACES = 16;
/** `SKEW` of assembly/winograd.ts, in words. */
const SKEW = 16;
/** What a block holds of the images: 256 KiB, so that weights and products fit the second cache with it. */
const BLOCK_NUMBERS = 65_536;

/** A convolution of 3×3 weights, or the gradient of its input, which is one, too. */
export interface WinogradPlan {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
}

/** Of `convolve` and `convolveWeightGradient`. */
export function tiledForward(
  window: Window,
  images: number,
  channels: number,
  filters: number,
): WinogradPlan {
  const { height, width, padTop, padLeft, outputHeight, outputWidth } = window;
  return { images, height, width, channels, filters, padTop, padLeft, outputHeight, outputWidth };
}

/** Of `convolveInputGradient`: dy is the image and dx what comes out. */
export function tiledBackward(
  window: Window,
  images: number,
  channels: number,
  filters: number,
): WinogradPlan {
  return {
    images,
    height: window.outputHeight,
    width: window.outputWidth,
    channels: filters,
    filters: channels,
    padTop: 2 - window.padTop,
    padLeft: 2 - window.padLeft,
    outputHeight: window.height,
    outputWidth: window.width,
  };
}

/** How many 32-bit words it needs beside its operands, part by part, whatever the number of images. */
export function tiledRoom({ channels, filters, outputHeight, outputWidth }: WinogradPlan) {
  const [height, width] = [2 * Math.ceil(outputHeight / 2), 2 * Math.ceil(outputWidth / 2)];
  const depth = upTo(8, channels);
  const panels = upTo(COLUMNS, filters);
  // The last pixel is read in full eights and sixteens.
  return {
    block: blockOf(channels, filters),
    field: (height + 2) * (width + 2) * channels + 8,
    gradientField: height * width * filters + COLUMNS,
    pixels: PLACES * (blockOf(channels, filters) * depth + SKEW),
    weights: PLACES * depth * panels,
    gradients: panels * (blockOf(channels, filters) * COLUMNS + SKEW),
  };
}

/** The number of 32-bit words that the plan needs beside its operands. */
export function wordsOfTiled(tiled: WinogradPlan): number {
  const { field, gradientField, pixels, weights, gradients } = tiledRoom(tiled);
  return FIELDS + field + gradientField + pixels + weights + gradients + 4 * SKEW;
}

/** Writes it at the beginning of its room; `address` is where that is. */
export function writeTiled(words: Int32Array, address: number, tiled: WinogradPlan): void {
  const room = tiledRoom(tiled);
  let next = address + 4 * FIELDS;
  const take = (count: number): number => {
    const start = Math.ceil(next / 64) * 64;
    next = start + 4 * count;
    return start;
  };
  words.set([
    tiled.images,
    tiled.height,
    tiled.width,
    tiled.channels,
    tiled.filters,
    tiled.padTop,
    tiled.padLeft,
    tiled.outputHeight,
    tiled.outputWidth,
    room.block,
    take(room.field),
    take(room.gradientField),
    take(room.pixels),
    take(room.weights),
    take(room.gradients),
  ]);
}

/** Tiles of a block. */
function blockOf(channels: number, filters: number): number {
  const tiles = Math.floor(BLOCK_NUMBERS / PLACES / Math.max(channels, filters));
  return Math.max(16, Math.min(64, tiles - (tiles % 16)));
}

function upTo(multiple: number, count: number): number {
  return Math.ceil(count / multiple) * multiple;
}
