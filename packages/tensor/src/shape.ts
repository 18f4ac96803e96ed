/**
 * The size of each axis, outermost first; the last axis is contiguous in memory. A letter has the same
 * meaning in the whole project: N batch, H W height and width, C channels, F filters, D features.
 */
export type Shape = readonly number[];

/** Returns the number of elements. The empty shape is that of a scalar and has one element. */
export function countElements(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** Formats a shape for messages and tables, for example `(28, 28, 1)`. */
export function formatShape(shape: Shape): string {
  return `(${shape.join(", ")})`;
}

/** Returns whether two shapes have the same number of axes with the same sizes. */
export function isSameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}
