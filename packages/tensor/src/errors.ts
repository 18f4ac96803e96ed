/**
 * Thrown for shapes that do not fit together. The message says where, what was expected, what was given, and
 * what to do.
 */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}
