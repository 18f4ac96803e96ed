/**
 * A file that the system lets nobody write, outside of the results. The message says which, why, and what to
 * do.
 */
export class UnwritableError extends Error {
  override readonly name = "UnwritableError";
}

/** What the system's error codes mean to a person. */
const meanings: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "the system does not permit it",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the disk quota is used up",
  EISDIR: "a folder stands where a file should be",
  ENOTDIR: "a file stands where a folder should be",
};

/**
 * A failed write as an UnwritableError. `file`: as a person would write it; `advice`: what to do, a whole
 * sentence. An error that did not come from the system is a defect of ours and is returned as it is.
 */
export function unwritable(file: string, cause: unknown, advice: string): unknown {
  const code = codeOf(cause);
  if (code === undefined) return cause;
  const meaning = meanings[code] ?? "the system refuses it";
  return new UnwritableError(`Cannot write ${file}: ${meaning} (${code}). ${advice}`, { cause });
}

/** The system's code for an error, or for what caused it. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string" && /^E[A-Z]+$/.test(error.code)) return error.code;
  return codeOf(error.cause);
}
