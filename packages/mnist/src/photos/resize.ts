/**
 * Resizes one channel by area: each new pixel is the mean of the area that it covers, weighted by overlap.
 * `values`: (height, width) in row-major order. Returns (newHeight, newWidth).
 */
export function resizeByArea(
  values: Float64Array,
  [height, width]: readonly [height: number, width: number],
  [newHeight, newWidth]: readonly [height: number, width: number],
): Float64Array {
  const wide = resizeRows(values, height, width, newWidth);
  return transpose(
    resizeRows(transpose(wide, height, newWidth), newWidth, height, newHeight),
    newWidth,
    newHeight,
  );
}

/** Resizes each row of (rows, length) to `newLength`. */
function resizeRows(values: Float64Array, rows: number, length: number, newLength: number): Float64Array {
  const resized = new Float64Array(rows * newLength);
  const scale = length / newLength;
  for (let index = 0; index < newLength; index++) {
    const start = index * scale;
    const end = start + scale;
    for (let from = Math.floor(start); from < Math.min(length, Math.ceil(end)); from++) {
      const share = (Math.min(end, from + 1) - Math.max(start, from)) / scale;
      for (let row = 0; row < rows; row++)
        resized[row * newLength + index]! += share * values[row * length + from]!;
    }
  }
  return resized;
}

/** (rows, columns) → (columns, rows). */
function transpose(values: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from({ length: rows * columns }, (_, index) => {
    const column = Math.floor(index / rows);
    return values[(index % rows) * columns + column]!;
  });
}
