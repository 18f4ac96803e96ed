import { CustomPartError, ExperimentError, formatProblems } from "@nn/experiment";
import { ExportError } from "@nn/formats";
import { DatasetError } from "@nn/mnist";
import { toPrintable } from "@nn/platform/printable";
import { RunDirectoryError } from "@nn/results";
import { TooManyFailures } from "@nn/runner";
import { removePasswords } from "@nn/runner/passwords";
import { AddressError, RemoteError } from "@nn/runner/remote-error";
import { CustomResultError } from "@nn/training";

import { UnwritableError } from "./unwritable-error.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Prints an error and returns the exit code. Prints a stack trace only for unexpected errors with NN_DEBUG.
 */
export function reportError(
  error: unknown,
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): number {
  const say = (text: string): void => void terminal.err.write(`${toPrintable(removePasswords(text))}\n`);
  if (error instanceof ExperimentError) {
    say(formatProblems(error.problems, "error: "));
    return 2;
  }
  const foreseen = [
    CustomPartError,
    CustomResultError,
    DatasetError,
    ExportError,
    RemoteError,
    RunDirectoryError,
    TooManyFailures,
    UnwritableError,
  ].some((kind) => error instanceof kind);
  if (error instanceof Error && foreseen) {
    say(`error: ${error.message}`);
    return error instanceof AddressError ? 2 : 1;
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  say(`error: unexpected ${message.split("\n", 1).join("")}`);
  if (env["NN_DEBUG"]) say(error instanceof Error ? (error.stack ?? "") : "");
  else say("This is a bug in the program. Set NN_DEBUG=1 to see the stack trace.");
  return 1;
}
