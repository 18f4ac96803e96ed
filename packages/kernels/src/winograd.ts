import type { Window } from "@nn/tensor";

/** Number of columns in a panel; see assembly/panel.ts. */
const COLUMNS = 16;
/** Number of fields of `Winograd` in assembly/winograd.ts. */
const FIELDS = 15;
/** Number of positions in a 4×4 tile. */
const PLACES = 16;
/** `SKEW` of assembly/winograd.ts, in words. */
const SKEW = 16;
/** Image numbers per block of tiles: 256 KiB, so that the weights and products also fit in the L2 cache. */
const BLOCK_NUMBERS = 65_536;

/** A convolution with 3×3 weights. The input gradient of such a convolution has the same form. */
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

/** Returns the plan for `convolve` and `convolveWeightGradient`. */
export function planWinogradForward(
  window: Window,
  images: number,
  channels: number,
  filters: number,
): WinogradPlan {
  const { height, width, padTop, padLeft, outputHeight, outputWidth } = window;
  return { images, height, width, channels, filters, padTop, padLeft, outputHeight, outputWidth };
}

/** Returns the plan for `convolveInputGradient`, with dy as the image and dx as the output. */
export function planWinogradInputGradient(
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

/**
 * Returns the size of each workspace buffer in 32-bit words, and the number of tiles per block. They do not
 * depend on the number of images.
 */
export function computeWinogradBufferSizes({ channels, filters, outputHeight, outputWidth }: WinogradPlan) {
  const [height, width] = [2 * Math.ceil(outputHeight / 2), 2 * Math.ceil(outputWidth / 2)];
  const depth = upTo(8, channels);
  const panels = upTo(COLUMNS, filters);
  // `field` and `gradientField` have extra space, because kernels read groups of eight and sixteen numbers.
  return {
    block: blockOf(channels, filters),
    field: (height + 2) * (width + 2) * channels + 8,
    gradientField: height * width * filters + COLUMNS,
    pixels: PLACES * (blockOf(channels, filters) * depth + SKEW),
    weights: PLACES * depth * panels,
    gradients: panels * (blockOf(channels, filters) * COLUMNS + SKEW),
  };
}

/** Returns the number of 32-bit words that the plan needs besides its operands. */
export function countWinogradWorkspaceWords(tiled: WinogradPlan): number {
  const { field, gradientField, pixels, weights, gradients } = computeWinogradBufferSizes(tiled);
  return FIELDS + field + gradientField + pixels + weights + gradients + 4 * SKEW;
}

/** Writes the fields of the plan to `words`, the workspace at `address`. */
export function writeWinogradPlan(words: Int32Array, address: number, tiled: WinogradPlan): void {
  const room = computeWinogradBufferSizes(tiled);
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

/** Returns the number of tiles per block. */
function blockOf(channels: number, filters: number): number {
  const tiles = Math.floor(BLOCK_NUMBERS / PLACES / Math.max(channels, filters));
  return Math.max(16, Math.min(64, tiles - (tiles % 16)));
}

function upTo(multiple: number, count: number): number {
  return Math.ceil(count / multiple) * multiple;
}
