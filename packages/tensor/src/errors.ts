/**
 * Shapes that do not fit together. The message names who complains, what was expected, what came, what to do.
 */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}
