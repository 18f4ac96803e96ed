/**
 * Thrown when the Redis server, a worker or a run has a problem that the user must solve. The message says
 * what to do.
 */
export class RemoteError extends Error {
  override readonly name = "RemoteError";
}

/**
 * Converts an error reply of the server, such as for missing memory or disk space, into a RemoteError;
 * returns any other error unchanged.
 */
export function asRemoteError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== "ReplyError") return error;
  // The message ends with the name of our script.
  return new RemoteError(`the server refuses: ${error.message.replace(/ script: .*$/s, "")}`, {
    cause: error,
  });
}
