import { Writable } from "node:stream";
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

/**
 * Returns the terminal of the process. Uses the environment variables NO_COLOR, FORCE_COLOR, CI and TERM.
 * From then on, only the terminal writes to standard output (`reserveOutput`).
 */
export function createProcessTerminal(env: NodeJS.ProcessEnv = process.env): Terminal {
  const out = reserveOutput(process);
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

/**
 * Returns the standard output for the program. Anything else that writes to it, such as `console.log` in a
 * custom part, then writes to standard error, because other programs read the output of our commands.
 */
function reserveOutput({ stdout, stderr }: Pick<NodeJS.Process, "stdout" | "stderr">): WriteStream {
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return new Proxy<WriteStream>(stdout, {
    get(target, key) {
      if (key === "write") return write;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

/** The meanings of the errors of an output that is a file. */
const meanings: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would exceed the largest size allowed here",
  EIO: "the disk reports an error",
};

/** The streams of a process, and its exit code. */
type OutputProcess = Pick<NodeJS.Process, "exitCode"> & {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  once(event: "exit", listener: (code: number) => void): unknown;
};

/**
 * Lets the program continue and write its results if its output cannot be written. Ignores a closed pipe,
 * whose reader has ended (`| head`). For any other error, prints one line on standard error, and the exit
 * code of a successful command becomes 1.
 */
export function handleOutputErrors(owner: OutputProcess): void {
  const { stdout, stderr } = owner;
  let isReported = false;
  const onError = ({ code = "", message }: NodeJS.ErrnoException): void => {
    if (code === "EPIPE" || code === "ERR_STREAM_DESTROYED" || isReported) return;
    isReported = true;
    owner.once("exit", (exitCode) => {
      if (exitCode === 0) owner.exitCode = 1;
    });
    const meaning = Object.hasOwn(meanings, code) ? `${meanings[code]} (${code})` : message;
    stderr.write(`error: the output cannot be written: ${meaning}.\n`);
  };
  stdout.on("error", onError);
  stderr.on("error", onError);
}

/** Resolves when everything written so far has reached the reader, or cannot be written any more. */
export async function flushOutput(owner: Readonly<Record<"stdout" | "stderr", Writable>>): Promise<void> {
  // Writes are done in order. The stream's own `write` may write elsewhere (`reserveOutput`).
  const flush = (stream: Writable): Promise<void> =>
    new Promise((resolve) => void Writable.prototype.write.call(stream, "", "utf8", () => resolve()));
  await Promise.all([flush(owner.stdout), flush(owner.stderr)]);
}
