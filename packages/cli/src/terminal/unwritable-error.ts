/**
 * Thrown if a file outside the results cannot be written. The message contains the file, the reason and
 * advice.
 */
export class UnwritableError extends Error {
  override readonly name = "UnwritableError";
}

/** The meanings of the system's error codes. */
const meanings: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "the system does not permit it",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the disk quota is used up",
  ENOENT: "its folder does not exist",
  EISDIR: "it is a folder",
  ENOTDIR: "part of its path is a file, not a folder",
};

/**
 * Converts the error of a failed write into an UnwritableError. `file` is the name to show. `advice` is a
 * sentence that tells the user what to do. An error that does not come from the system is a bug and is
 * returned unchanged.
 */
export function toUnwritableError(file: string, cause: unknown, advice: string): unknown {
  const code = getErrorCode(cause);
  if (code === undefined) return cause;
  const meaning = meanings[code] ?? "the system refuses it";
  return new UnwritableError(`Cannot write ${file}: ${meaning} (${code}). ${advice}`, { cause });
}

/** Returns the system's error code, such as `EACCES`, of an error or of its cause. */
function getErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string" && /^E[A-Z]+$/.test(error.code)) return error.code;
  return getErrorCode(error.cause);
}
