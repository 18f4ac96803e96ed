import type { Photo } from "./photo.ts";

/** Number of terms of the surface: 1, x, y, x², x·y, y². */
const TERMS = 6;
/** Number of times that the surface is fitted to the pixels that are closest to it. */
const ROUNDS = 6;
/** Share of the pixels that each fit uses: less than the paper takes in any photo of one symbol. */
const KEPT = 0.6;
/** At most about this many pixels are used. */
const MOST_SAMPLES = 20_000;

/**
 * Returns how far each pixel is from the background in color: (height × width), the Euclidean distance of red,
 * green and blue, 0 … √3. The background is a quadratic surface per color, fitted by trimmed least squares
 * (Rousseeuw 1984), so light from one side and shadows at the edges do not count as ink.
 */
export function distanceFromBackground(photo: Photo): Float64Array {
  const { width, height, colors } = photo;
  const pixels = width * height;
  const step = Math.max(1, Math.ceil(pixels / MOST_SAMPLES));
  const samples = Int32Array.from({ length: Math.ceil(pixels / step) }, (_, index) => index * step);
  const terms = new Float64Array(TERMS);
  const surfaces = startSurfaces(photo, samples);
  for (let round = 0; round < ROUNDS; round++) {
    const order = [...samples].map((pixel) => ({ pixel, distance: squaredDistance(pixel) }));
    order.sort((a, b) => a.distance - b.distance || a.pixel - b.pixel);
    const kept = order.slice(0, Math.max(TERMS, Math.floor(KEPT * order.length)));
    fitSurfaces(kept.map(({ pixel }) => pixel));
  }
  return Float64Array.from({ length: pixels }, (_, pixel) => Math.sqrt(squaredDistance(pixel)));

  function termsOf(pixel: number): Float64Array {
    const x = (2 * (pixel % width)) / width - 1;
    const y = (2 * Math.floor(pixel / width)) / height - 1;
    terms.set([1, x, y, x * x, x * y, y * y]);
    return terms;
  }

  function squaredDistance(pixel: number): number {
    const at = termsOf(pixel);
    let sum = 0;
    for (let color = 0; color < 3; color++) {
      let difference = colors[3 * pixel + color]!;
      for (let term = 0; term < TERMS; term++) difference -= surfaces[color]![term]! * at[term]!;
      sum += difference * difference;
    }
    return sum;
  }

  /** Solves the normal equations AᵀA·w = Aᵀb for each color; rows of A are the terms of a pixel. */
  function fitSurfaces(chosen: readonly number[]): void {
    const matrix = Array.from({ length: TERMS }, () => new Float64Array(TERMS + 3));
    for (const pixel of chosen) {
      const at = termsOf(pixel);
      for (let row = 0; row < TERMS; row++) {
        for (let column = 0; column < TERMS; column++) matrix[row]![column]! += at[row]! * at[column]!;
        for (let color = 0; color < 3; color++)
          matrix[row]![TERMS + color]! += at[row]! * colors[3 * pixel + color]!;
      }
    }
    // A photo of one row or column has no second direction: a tiny ridge keeps the equations solvable.
    for (let row = 0; row < TERMS; row++) matrix[row]![row]! += 1e-9 * chosen.length;
    eliminate(matrix);
    for (let color = 0; color < 3; color++)
      for (let term = 0; term < TERMS; term++) surfaces[color]![term] = matrix[term]![TERMS + color]!;
  }
}

/** Returns surfaces that are the median of each color everywhere. */
function startSurfaces({ colors }: Photo, samples: Int32Array): Float64Array[] {
  return [0, 1, 2].map((color) => {
    const values = Float64Array.from(samples, (pixel) => colors[3 * pixel + color]!).sort();
    const surface = new Float64Array(TERMS);
    surface[0] = values[values.length >> 1]!;
    return surface;
  });
}

/** Gauss–Jordan elimination with partial pivoting, in place: the last columns become the solutions. */
function eliminate(matrix: readonly Float64Array[]): void {
  const rows = matrix as Float64Array[];
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
