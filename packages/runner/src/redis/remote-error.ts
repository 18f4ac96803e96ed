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
  const reason = error.message.replace(/ script: .*$/s, "");
  const message = /NOPERM/.test(reason)
    ? `the Redis server refuses a command: ${explainPermission(reason)}`
    : `the server reports an error: ${reason}`;
  return new RemoteError(message, { cause: error });
}

/** Explains a reply of the server that the user lacks a permission. `user` is the name, if known. */
export function explainPermission(reply: string, user?: string): string {
  const [, command] = /'([^']+)'/.exec(reply) ?? [];
  const who = user === undefined ? "this user" : `the user "${user}"`;
  const what =
    command === undefined
      ? "use the keys or channels of the queue"
      : `run the command ${command.toUpperCase().replace("|", " ")}, which the queue needs`;
  return (
    `${who} may not ${what}. Allow all commands, keys and channels ` +
    `(ACL SETUSER ${user ?? "<name>"} +@all ~* &*), or give another user in the address.`
  );
}
