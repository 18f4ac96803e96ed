import type { Window } from "@nn/tensor";

// Convolutions with few filters are vectorized across images, with one image per lane; see
// assembly/across-images.ts.

const IMAGES = 16;
const LANE_BYTES = 4 * IMAGES;
/** Convolutions with more filters use assembly/segments.ts, whose lanes are filters. */
const MAX_FILTERS = 8;
/** With fewer images, more than half of the lanes would be idle. */
const FEWEST_IMAGES = 9;
/** Number of fields of `Across` in assembly/across-images.ts. */
const FIELDS = 21;

/**
 * A convolution to vectorize across images, from x (images, height, width, channels) to `filters` channels.
 */
export interface BatchVectorizedPlan {
  readonly images: number;
  readonly channels: number;
  readonly filters: number;
  readonly window: Window;
}

/** Returns the plan of the forward pass, from x (images, height, width, channels) to `filters` channels. */
export function planBatchVectorizedForward(
  window: Window,
  images: number,
  channels: number,
  filters: number,
): BatchVectorizedPlan {
  return { images, channels, filters, window };
}

/** Returns the plan of the input gradient, a convolution of dy with the window rotated by 180 degrees. */
export function planBatchVectorizedInputGradient(
  window: Window,
  images: number,
  channels: number,
  filters: number,
): BatchVectorizedPlan {
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

/**
 * Returns whether this method can be used (one group, dilationWidth 1, and stride 1 if `backward`) and is
 * faster.
 */
export function shouldVectorizeAcrossImages(
  { images, filters, window }: BatchVectorizedPlan,
  groups: number,
  backward: boolean,
): boolean {
  const { strideHeight, strideWidth, dilationWidth } = window;
  if (groups > 1 || dilationWidth > 1 || (backward && strideHeight * strideWidth > 1)) return false;
  return filters <= MAX_FILTERS && images >= FEWEST_IMAGES;
}

/**
 * Returns the number of filters per tile, and the number of filters including those that pad the last tile.
 */
function tilesOf(filters: number): { tile: number; packed: number } {
  const tile = filters % 4 === 0 || filters === 7 ? 4 : 3;
  return { tile, packed: Math.ceil(filters / tile) * tile };
}

/** Returns the number of 32-bit words that the plan needs besides its operands. */
export function countBatchVectorizedWorkspaceWords({
  channels,
  filters,
  window,
}: BatchVectorizedPlan): number {
  const { packed } = tilesOf(filters);
  return (
    FIELDS +
    (window.kernelHeight * window.kernelWidth * channels + 1) * packed +
    IMAGES * (window.height * window.width * channels + window.outputWidth * filters) +
    IMAGES
  );
}

/** Writes the fields of the plan to `words`, the workspace at `address`. */
export function writeBatchVectorizedPlan(
  words: Int32Array,
  address: number,
  across: BatchVectorizedPlan,
): void {
  const { images, channels, filters, window } = across;
  const { tile, packed } = tilesOf(filters);
  const weights = address + 4 * FIELDS;
  const bias = weights + 4 * window.kernelHeight * window.kernelWidth * channels * packed;
  // The field starts on a cache line, because one number of sixteen images fills a cache line.
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
