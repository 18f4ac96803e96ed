import type { WriteStream } from "node:tty";
import { createColors } from "picocolors";

/** The output streams of a command and their properties. */
export interface Terminal {
  /** Results and progress. */
  readonly out: NodeJS.WritableStream;
  /** Warnings and errors. */
  readonly err: NodeJS.WritableStream;
  /** True if `out` is an interactive terminal, where a bar can be redrawn. */
  readonly interactive: boolean;
  /** Number of characters per line of `out`. It can change when the window is resized. */
  readonly width: number;
  readonly colors: ReturnType<typeof createColors>;
}

/** Width for a pipe or a file: wide enough for every column. */
const PIPE_WIDTH = 200;

/** Returns the terminal of the process. Uses the environment variables NO_COLOR, FORCE_COLOR, CI and TERM. */
export function createProcessTerminal(env: NodeJS.ProcessEnv = process.env): Terminal {
  const out: WriteStream = process.stdout;
  const isTerminal = out.isTTY && env["TERM"] !== "dumb";
  const interactive = isTerminal && !isSet(env["CI"]);
  const colored = !isSet(env["NO_COLOR"]) && (isTerminal || isSet(env["FORCE_COLOR"]));
  return {
    out,
    err: process.stderr,
    interactive,
    // Read at each access, because the user may resize the window.
    get width() {
      return isTerminal ? out.columns || 80 : PIPE_WIDTH;
    },
    colors: createColors(colored),
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

/**
 * Ignores errors of closed pipes. So if the reader of the output exits (`| head`), the program continues and
 * writes its results.
 */
export function ignoreClosedPipes(streams: readonly NodeJS.WritableStream[]): void {
  for (const stream of streams) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
    });
  }
}
