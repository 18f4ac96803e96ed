/** The server, or the other side of it, is not as it must be. The message says what to do. */
export class RemoteError extends Error {
  override readonly name = "RemoteError";
}

/**
 * What the server refuses, for want of memory or of space on its disk, as a RemoteError; any other error as
 * it is.
 */
export function asRemoteError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== "ReplyError") return error;
  // It goes on with the name of our script.
  return new RemoteError(`the server refuses: ${error.message.replace(/ script: .*$/s, "")}`, {
    cause: error,
  });
}
