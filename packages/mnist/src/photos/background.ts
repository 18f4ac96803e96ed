import type { Photo } from "./photo.ts";

/** Number of terms of the surface: 1, x, y, x², x·y, y². */
const TERMS = 6;
/** Number of times that the surface is fitted to the pixels closest to it. */
const ROUNDS = 5;
/** Fraction of the pixels that each fit uses: less than the fraction of paper in any photo of one symbol. */
const KEPT = 0.6;
/** Approximate maximum number of pixels to use. */
const MAX_SAMPLES = 6000;

/**
 * Returns the color distance of each pixel from the background: (height × width), the Euclidean distance in
 * red, green and blue, 0 … √3. The background is a quadratic surface per color channel, fitted by trimmed
 * least squares (Rousseeuw 1984). Uneven light and shadows at the edges therefore do not count as ink.
 */
export function computeBackgroundDistance(photo: Photo): Float64Array {
  const { width, height, colors } = photo;
  const pixels = width * height;
  const step = Math.max(1, Math.ceil(pixels / MAX_SAMPLES));
  const samples = Int32Array.from({ length: Math.ceil(pixels / step) }, (_, index) => index * step);
  const surfaces = startSurfaces(photo, samples);
  const terms = new Float64Array(TERMS);
  for (let round = 0; round < ROUNDS; round++) {
    const distances = Float64Array.from(samples, distanceOf);
    const limit = Float64Array.from(distances).sort()[Math.floor(KEPT * (samples.length - 1))]!;
    fitSurfaces(samples.filter((_, index) => distances[index]! <= limit));
  }
  return Float64Array.from({ length: pixels }, (_, pixel) => distanceOf(pixel));

  function setTerms(pixel: number): void {
    const x = (2 * (pixel % width)) / width - 1;
    const y = (2 * Math.floor(pixel / width)) / height - 1;
    terms[0] = 1;
    terms[1] = x;
    terms[2] = y;
    terms[3] = x * x;
    terms[4] = x * y;
    terms[5] = y * y;
  }

  function distanceOf(pixel: number): number {
    setTerms(pixel);
    let sum = 0;
    for (let color = 0; color < 3; color++) {
      const surface = surfaces[color]!;
      let difference = colors[3 * pixel + color]!;
      for (let term = 0; term < TERMS; term++) difference -= surface[term]! * terms[term]!;
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }

  /** Solves the normal equations AᵀA·w = Aᵀb for each color; rows of A are the terms of a pixel. */
  function fitSurfaces(chosen: Int32Array): void {
    const matrix = Array.from({ length: TERMS }, () => new Float64Array(TERMS + 3));
    for (const pixel of chosen) {
      setTerms(pixel);
      for (let row = 0; row < TERMS; row++) {
        const sums = matrix[row]!;
        for (let column = 0; column < TERMS; column++) sums[column]! += terms[row]! * terms[column]!;
        for (let color = 0; color < 3; color++)
          sums[TERMS + color]! += terms[row]! * colors[3 * pixel + color]!;
      }
    }
    // A photo of one row or column has a singular matrix. A tiny ridge term keeps the equations solvable.
    for (let row = 0; row < TERMS; row++) matrix[row]![row]! += 1e-9 * chosen.length;
    eliminate(matrix);
    for (let color = 0; color < 3; color++)
      for (let term = 0; term < TERMS; term++) surfaces[color]![term] = matrix[term]![TERMS + color]!;
  }
}

/** Returns constant surfaces: the median of each color channel. */
function startSurfaces({ colors }: Photo, samples: Int32Array): Float64Array[] {
  return [0, 1, 2].map((color) => {
    const values = Float64Array.from(samples, (pixel) => colors[3 * pixel + color]!).sort();
    const surface = new Float64Array(TERMS);
    surface[0] = values[values.length >> 1]!;
    return surface;
  });
}

/** Gauss–Jordan elimination with partial pivoting, in place. The last columns become the solutions. */
function eliminate(rows: Float64Array[]): void {
  for (let column = 0; column < TERMS; column++) {
    let pivot = column;
    for (let row = column + 1; row < TERMS; row++)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const lead = rows[column]!;
    const scale = 1 / lead[column]!;
    for (let index = 0; index < lead.length; index++) lead[index]! *= scale;
    for (let row = 0; row < TERMS; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]!;
      for (let index = 0; index < lead.length; index++) rows[row]![index]! -= factor * lead[index]!;
    }
  }
}
