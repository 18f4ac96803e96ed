/** Thrown if a network cannot be exported to a format. The message states the reason and what to do. */
export class ExportError extends Error {
  override readonly name = "ExportError";
}
