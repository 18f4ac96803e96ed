/**
 * Data that cannot be used: files that are missing, broken or do not belong together, a download that failed,
 * a split that asks for more images than there are. The message says where, what was expected, what came,
 * what to do.
 */
export class DatasetError extends Error {
  override readonly name: string = "DatasetError";
  /** The option of the data set whose value is at fault, where one is. */
  readonly option: string | undefined;
  /** Where several things are wrong, what is said of each; the message has them all, a line each. */
  readonly faults: readonly string[];

  constructor(
    message: string | readonly string[],
    options: ErrorOptions & { readonly option?: string } = {},
  ) {
    const faults = typeof message === "string" ? [message] : message;
    super(faults.join("\n"), options);
    this.option = options.option;
    this.faults = faults;
  }
}

/** What `read` gives; a DatasetError that it throws is laid to that option. */
export function withOption<Result>(option: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DatasetError) || error.option !== undefined) throw error;
    throw new DatasetError(error.faults, { cause: error, option });
  }
}

/**
 * Runs the checks one after the other, whatever comes of each. Throws a DatasetError with all that they say.
 */
export function checkAll<Item>(items: Iterable<Item>, check: (item: Item) => void): void {
  const faults: string[] = [];
  for (const item of items) {
    try {
      check(item);
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
      faults.push(...error.faults);
    }
  }
  if (faults.length > 0) throw new DatasetError(faults);
}

/** A file that is no IDX file of the kind that was asked for. */
export class IdxError extends DatasetError {
  override readonly name = "IdxError";
}

/** `ENOSPC: no space left on device, write`: what an unknown thrown thing says, with its deepest cause. */
export function reasonOf(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause;
  if (!(deepest instanceof Error)) return String(deepest);
  if (deepest.message !== "") return deepest.message;
  // Node reports "refused on every address" as an AggregateError without a message, only a code.
  return "code" in deepest ? String(deepest.code) : deepest.name;
}
