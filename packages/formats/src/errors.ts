/** Thrown if a network cannot be written in a format. The message states the reason and advice. */
export class ExportError extends Error {
  override readonly name = "ExportError";
}
