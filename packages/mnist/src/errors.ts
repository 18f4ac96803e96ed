/**
 * Thrown for data that cannot be used: missing, damaged or inconsistent files, a failed download, or a
 * validation split larger than the training set. The message states the position, the expected and the actual
 * content, and what to do.
 */
export class DatasetError extends Error {
  override readonly name: string = "DatasetError";
  /** The option of the data set that caused the error, if any. */
  readonly option: string | undefined;
  /** The messages of the individual errors. `message` has one line per error. */
  readonly messages: readonly string[];

  constructor(
    message: string | readonly string[],
    options: ErrorOptions & { readonly option?: string } = {},
  ) {
    const messages = typeof message === "string" ? [message] : message;
    super(messages.join("\n"), options);
    this.option = options.option;
    this.messages = messages;
  }
}

/** Returns the result of `read`. Adds `option` to a DatasetError that has none. */
export function addOptionToErrors<Result>(option: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DatasetError) || error.option !== undefined) throw error;
    throw new DatasetError(error.messages, { cause: error, option });
  }
}

/** Runs all checks, even if some fail. Throws a DatasetError with all their messages. */
export function checkAll<Item>(items: Iterable<Item>, check: (item: Item) => void): void {
  const messages: string[] = [];
  for (const item of items) {
    try {
      check(item);
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
      messages.push(...error.messages);
    }
  }
  if (messages.length > 0) throw new DatasetError(messages);
}

/** Thrown for a file that is not an IDX file of the expected kind. */
export class IdxError extends DatasetError {
  override readonly name = "IdxError";
}

/** Returns the message of the innermost cause of a thrown value: `ENOSPC: no space left on device, write`. */
export function getErrorReason(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause;
  if (!(deepest instanceof Error)) return String(deepest);
  if (deepest.message !== "") return deepest.message;
  // If all addresses refuse a connection, Node throws an AggregateError with a code but no message.
  return "code" in deepest ? String(deepest.code) : deepest.name;
}
