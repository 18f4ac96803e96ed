import { spawnSync } from "node:child_process";

/** Maximum time in milliseconds for Node to check a file. */
const TIMEOUT_MILLISECONDS = 5000;

/** Returns the syntax error that Node prints for a file; an empty string if there is none. */
export function getSyntaxError(file: string): string {
  const { stderr } = spawnSync(process.execPath, ["--check", file], {
    encoding: "utf8",
    timeout: TIMEOUT_MILLISECONDS,
  });
  return stderr;
}
