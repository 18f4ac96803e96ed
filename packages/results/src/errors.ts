import { existsSync } from "@nn/platform/files";
import { dirname, join } from "@nn/platform/path";

/**
 * The reason why a run directory cannot be used: another run, the file system, a damaged file, results of
 * other data, or a custom part that does not work.
 */
export type RunDirectoryErrorCode = "locked" | "file-system" | "corrupt" | "other-data" | "custom-part";

/** Thrown for a run directory that cannot be used. The message states the error, the path and what to do. */
export class RunDirectoryError extends Error {
  override readonly name = "RunDirectoryError";
  readonly code: RunDirectoryErrorCode;

  constructor(code: RunDirectoryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Returns the code of an error of Node or the system, such as "ENOENT". Returns undefined for any other
 * value.
 */
export function getErrorCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/**
 * The meanings of the system's error codes, with advice for files and folders that a run writes. `inPlace` is
 * the advice if there are recorded results, because a run in another folder would start anew.
 */
const explanations: Readonly<Record<string, readonly [meaning: string, advice: string, inPlace?: string]>> = {
  ENOSPC: ["no space is left on the disk", "Free some space"],
  EDQUOT: ["the disk quota is used up", "Free some space"],
  EFBIG: ["the file would exceed the largest size allowed here", "Raise the limit (ulimit -f)"],
  EACCES: [
    "permission denied",
    "Allow writing there, or choose another folder with --out",
    "Allow writing there",
  ],
  EPERM: [
    "the system does not permit it",
    "Allow writing there, or choose another folder with --out",
    "Allow writing there",
  ],
  EROFS: ["the file system is read-only", "Choose another folder with --out", "Make it writable"],
  ENOTDIR: [
    "part of its path is a file, not a folder",
    "Move the file away, or choose another folder with --out",
    "Move the file away",
  ],
  EISDIR: ["it is a folder", "Move it away, or choose another folder with --out", "Move it away"],
  EEXIST: [
    "something else has this name",
    "Move it away, or choose another folder with --out",
    "Move it away",
  ],
  ENOTEMPTY: [
    "a folder with this name exists and is not empty",
    "Move it away, or choose another folder with --out",
    "Move it away",
  ],
  ENOENT: [
    "a folder of this path does not exist or was deleted",
    "Choose another folder with --out",
    "Restore the folder",
  ],
  ENAMETOOLONG: [
    "the path is too long",
    "Choose a shorter folder with --out, or a shorter name",
    "Move the results to a shorter folder, and give it with --out",
  ],
  ELOOP: ["the symbolic links form a cycle", "Choose another folder with --out", "Correct the links"],
  EMFILE: ["too many files are open", "Close some programs, or raise the limit (ulimit -n)"],
  ENFILE: ["too many files are open on this machine", "Close some programs"],
  EIO: ["the disk reports an error", "Check the disk"],
};

/** The meanings and the advice that differ for reading a file. */
const readExplanations: typeof explanations = {
  ENOENT: [
    "this file is missing, so the folder does not contain a complete run",
    "Restore the file, or run the experiment again to rewrite it",
  ],
  EACCES: ["permission denied", "Allow reading it"],
  EPERM: ["the system does not permit it", "Allow reading it"],
  ENOTDIR: ["part of its path is a file, not a folder", "Give the folder of a run"],
  EISDIR: ["it is a folder", "Move it away, and run the experiment again to rewrite the file"],
  ENAMETOOLONG: ["the path is too long", "Move the folder to a shorter path"],
  ELOOP: ["the symbolic links form a cycle", "Correct the links"],
};

/**
 * Converts the error of a file-system call to a RunDirectoryError. `doing` completes the sentence "Cannot …",
 * for example "write" or "make the folder". Returns a RunDirectoryError unchanged, because its message is
 * complete, and any other error, because it is a bug.
 */
export function toFileSystemError(doing: string, path: string, cause: unknown): unknown {
  if (cause instanceof RunDirectoryError || !(cause instanceof Error) || !("code" in cause)) return cause;
  const code = String(cause.code);
  const isRead = doing === "read";
  const [meaning, advice, inPlace] = (isRead ? readExplanations[code] : undefined) ??
    explanations[code] ?? [cause.message, isRead ? "Make the file readable" : "Make the folder usable"];
  return new RunDirectoryError(
    "file-system",
    `Cannot ${doing} ${path}: ${meaning} (${code}). ${isRead ? `${advice}.` : formatAdvice(path, advice, inPlace)}`,
    { cause },
  );
}

/**
 * Returns the advice at the end of a message. If there are recorded results, it states that they are kept,
 * and the advice is `inPlace`, because a run in another folder would start anew. `path` is a run directory or
 * a file in it.
 */
export function formatAdvice(path: string, advice: string, inPlace = advice): string {
  const folders = [path, dirname(path), dirname(dirname(path)), dirname(dirname(dirname(path)))];
  const recorded = folders.some((folder) => existsSync(join(folder, "journal.jsonl")));
  const again = "then run the same command again";
  return recorded ? `Recorded results are kept. ${inPlace}, ${again} to resume.` : `${advice}, ${again}.`;
}

/** Runs `work`. Converts the error of a file-system call to a RunDirectoryError with the path. */
export function wrapFileSystemErrors<Result>(doing: string, path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw toFileSystemError(doing, path, error);
  }
}
