import type { Photo } from "./photo.ts";
import { computeBackgroundDistance } from "./background.ts";

/** A symbol that was cut out of a photo, as the amount of ink per pixel. */
export interface SymbolImage {
  readonly width: number;
  readonly height: number;
  /** (height, width) in row-major order, 0 … 1. */
  readonly amounts: Float64Array;
}

/** Minimum size of a spot that counts as part of the symbol, as a fraction of the largest spot. */
const SMALLEST_SPOT = 0.03;
/** The distance of full ink, as a quantile of the distances of the pixels with ink. */
const FULL_INK = 0.75;

/**
 * Cuts the symbol out of a photo: ink of any color on paper of any color. Returns undefined if the photo has
 * no ink. Pixels are ink if their distance from the background exceeds Otsu's threshold (Otsu 1979). Spots
 * that are much smaller than the largest one are removed as noise.
 */
export function extractSymbol(photo: Photo): SymbolImage | undefined {
  const { width, height } = photo;
  const distances = smooth(computeBackgroundDistance(photo), width, height);
  const threshold = otsuThreshold(distances);
  const isInk = Uint8Array.from(distances, (distance) => (distance > threshold ? 1 : 0));
  keepLargeSpots(isInk, width, height);

  const inked = distances.filter((_, pixel) => isInk[pixel] === 1).sort();
  const full = inked[Math.floor(FULL_INK * (inked.length - 1))];
  // Noise on empty paper also has a threshold, but no pixel is far above it.
  if (full === undefined || full < MINIMUM_CONTRAST) return undefined;
  const nearby = grow(isInk, width, height);
  const start = threshold / 2;
  const amounts = distances.map((distance, pixel) =>
    nearby[pixel] === 1 ? Math.min(1, Math.max(0, (distance - start) / (full - start))) : 0,
  );
  return crop({ width, height, amounts });
}

/** Minimum color distance between the ink of a symbol and the paper. */
const MINIMUM_CONTRAST = 0.08;

/** Returns the mean over 3 × 3 pixels (fewer at the edges), which removes noise of single pixels. */
function smooth(values: Float64Array, width: number, height: number): Float64Array {
  return Float64Array.from(values, (_, pixel) => {
    const x = pixel % width;
    const y = Math.floor(pixel / width);
    let sum = 0;
    let count = 0;
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
        sum += values[v * width + u]!;
        count++;
      }
    }
    return sum / count;
  });
}

const BINS = 256;

/** Returns the threshold that maximizes the variance between the two classes of a histogram. */
function otsuThreshold(values: Float64Array): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  if (largest === 0) return 0;
  const counts = new Float64Array(BINS);
  for (const value of values) counts[Math.min(BINS - 1, Math.floor((BINS * value) / largest))]!++;
  let total = 0;
  for (let bin = 0; bin < BINS; bin++) total += bin * counts[bin]!;
  let [below, sumBelow, best, threshold] = [0, 0, -1, 0];
  for (let bin = 0; bin < BINS - 1; bin++) {
    below += counts[bin]!;
    sumBelow += bin * counts[bin]!;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const difference = sumBelow / below - (total - sumBelow) / above;
    const between = below * above * difference * difference;
    if (between > best) [best, threshold] = [between, bin + 1];
  }
  return (threshold * largest) / BINS;
}

/** Removes connected spots (8 neighbors) that are small compared with the largest one. */
function keepLargeSpots(isInk: Uint8Array, width: number, height: number): void {
  const spotOf = new Int32Array(isInk.length).fill(-1);
  const sizes: number[] = [];
  for (let first = 0; first < isInk.length; first++) {
    if (isInk[first] === 0 || spotOf[first] !== -1) continue;
    const spot = sizes.length;
    let size = 0;
    const open = [first];
    spotOf[first] = spot;
    for (let pixel = open.pop(); pixel !== undefined; pixel = open.pop()) {
      size++;
      for (const next of neighbors(pixel, width, height)) {
        if (isInk[next] === 0 || spotOf[next] !== -1) continue;
        spotOf[next] = spot;
        open.push(next);
      }
    }
    sizes.push(size);
  }
  const min = SMALLEST_SPOT * sizes.reduce((max, size) => Math.max(max, size), 0);
  for (let pixel = 0; pixel < isInk.length; pixel++)
    if (spotOf[pixel] !== -1 && sizes[spotOf[pixel]!]! < min) isInk[pixel] = 0;
}

/** Returns the pixels with ink and their neighbors, which have fainter ink. */
function grow(isInk: Uint8Array, width: number, height: number): Uint8Array {
  const grown = Uint8Array.from(isInk);
  for (let pixel = 0; pixel < isInk.length; pixel++)
    if (isInk[pixel] === 1) for (const next of neighbors(pixel, width, height)) grown[next] = 1;
  return grown;
}

/** Returns the up to eight pixels around a pixel. */
function neighbors(pixel: number, width: number, height: number): number[] {
  const x = pixel % width;
  const y = Math.floor(pixel / width);
  const found: number[] = [];
  for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++)
    for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++)
      if (u !== x || v !== y) found.push(v * width + u);
  return found;
}

/** Crops rows and columns without ink at the edges. */
function crop({ width, height, amounts }: SymbolImage): SymbolImage {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (amounts[y * width + x] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  const size = { width: right - left + 1, height: bottom - top + 1 };
  const cropped = new Float64Array(size.width * size.height);
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) cropped[y * size.width + x] = amounts[(top + y) * width + left + x]!;
  return { ...size, amounts: cropped };
}
