import type { WriteStream } from "node:tty";
import { createColors } from "picocolors";

/** Where a command writes. Tests pass their own. */
export interface Terminal {
  /** Results and progress. */
  readonly out: NodeJS.WritableStream;
  /** Warnings and errors. */
  readonly err: NodeJS.WritableStream;
  /** A person watches `out`: a bar may be redrawn there. */
  readonly interactive: boolean;
  /** Characters in a line of `out`; may change. */
  readonly width: number;
  readonly colors: ReturnType<typeof createColors>;
}

/** What a pipe or a file gets: wide enough for every column. */
const PIPE_WIDTH = 200;

/** The process's own terminal. Follows NO_COLOR, FORCE_COLOR and CI. */
export function processTerminal(env: NodeJS.ProcessEnv = process.env): Terminal {
  const out: WriteStream = process.stdout;
  const isTerminal = out.isTTY && env["TERM"] !== "dumb";
  const interactive = isTerminal && !isSet(env["CI"]);
  const colored = !isSet(env["NO_COLOR"]) && (isTerminal || isSet(env["FORCE_COLOR"]));
  return {
    out,
    err: process.stderr,
    interactive,
    // Asked each time: a person may resize the window.
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
 * A reader that has seen enough (`| head`) closes the pipe. That is no error and no reason to stop: the
 * results are what matters, and they come to the end as if somebody still read along.
 */
export function goOnWhenClosed(streams: readonly NodeJS.WritableStream[]): void {
  for (const stream of streams) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
    });
  }
}
