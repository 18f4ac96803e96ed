/**
 * Data that cannot be used: files that are missing, broken or do not belong together, a download that failed, a split
 * that asks for more images than there are. The message says where, what was expected, what came, what to do.
 */
export class DatasetError extends Error {
  override readonly name: string = "DatasetError";
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
