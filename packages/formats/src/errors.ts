/** Thrown if a network cannot be written in a format. The message says why and what to do. */
export class ExportError extends Error {
  override readonly name = "ExportError";
}
