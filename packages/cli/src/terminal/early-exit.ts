import type { Terminal } from "./terminal.ts";

/** Exit code of Node if nothing is left to do, but the program still waits for a promise. */
const UNSETTLED = 13;

/**
 * Creates the handler of an exit before a command is done. The file of a custom part runs in this process. If
 * it ends the process, the command must not seem to succeed.
 */
export function createEarlyExitHandler(
  owner: Pick<NodeJS.Process, "exitCode">,
  terminal: Pick<Terminal, "err">,
): (code: number) => void {
  return (code) => {
    if (code !== 0 && code !== UNSETTLED) return;
    owner.exitCode = 1;
    terminal.err.write(
      "error: the program ended before the command was done. Do the files of custom parts call process.exit, or " +
        "wait for something that never happens?\n",
    );
  };
}
