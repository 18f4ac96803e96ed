import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import { writeFileAtomically } from "@nn/results";

/** The file of the run directory that distinguishes it from others of the same path and host name. */
export const RUN_ID_FILE = "redis-run-id";

/**
 * Returns the id of a run on a Redis server. A resumed run has the same id, so it finds its jobs. A copy of
 * the run in another place has another one. Machines that were set up from the same image can have the same
 * host name and paths, so the run directory also stores random digits, in a file that is created if it is
 * missing or unusable. Throws RunDirectoryError.
 */
export function createRunId(directory: string): string {
  const file = join(directory, RUN_ID_FILE);
  const stored = readDigits(file);
  const digits = stored ?? randomBytes(16).toString("hex");
  if (stored === undefined) writeFileAtomically(file, `${digits}\n`);
  return createHash("sha256").update(`${hostname()}\n${directory}\n${digits}`).digest("hex").slice(0, 12);
}

function readDigits(file: string): string | undefined {
  try {
    const text = readFileSync(file, "utf8").trim();
    return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
  } catch {
    return undefined; // It is written anew, or the error of writing says what is wrong.
  }
}
