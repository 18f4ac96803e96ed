/** The server, or the other side of it, is not as it must be. The message says what to do. */
export class RemoteError extends Error {
  override readonly name = "RemoteError";
}
