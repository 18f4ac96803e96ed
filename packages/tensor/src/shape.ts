/**
 * The extent of each axis, outermost first; the last axis is contiguous in memory. A letter has one meaning
 * in the whole project: N batch, H W height and width, C channels, F filters, D features.
 */
export type Shape = readonly number[];

/** Returns the number of elements; 1 for the empty shape, a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** Returns the shape as messages and tables write it: `(28, 28, 1)`. */
export function formatShape(shape: Shape): string {
  return `(${shape.join(", ")})`;
}

/** Returns whether two shapes have the same axes with the same extents. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}
