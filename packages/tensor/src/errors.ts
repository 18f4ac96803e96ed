/**
 * Thrown for shapes that do not match. The message states where the shapes differ, the expected shape, the
 * actual shape, and how to fix it.
 */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}
