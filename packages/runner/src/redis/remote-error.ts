/**
 * Thrown for a problem of the Redis server, a worker or a run that the user must solve. The message explains
 * how.
 */
export class RemoteError extends Error {
  override readonly name = "RemoteError";
}

/** Thrown for text that is not the address of a Redis server, so that nothing was done. */
export class AddressError extends RemoteError {}

/**
 * Converts an error reply of the server, for example about missing memory or disk space, into a RemoteError.
 * Returns any other error unchanged.
 */
export function toRemoteError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== "ReplyError") return error;
  // The message ends with the name of our script.
  return new RemoteError(`the server reports an error: ${error.message.replace(/ script: .*$/s, "")}`, {
    cause: error,
  });
}
