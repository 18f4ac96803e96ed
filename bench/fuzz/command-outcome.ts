import { Writable } from "node:stream";

import { reportError } from "../../packages/cli/src/terminal/report-error.ts";
import { createProcessTerminal, type Terminal } from "../../packages/cli/src/terminal/terminal.ts";

/** The output and the exit code of a command. */
export interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** CPU time, because the machine may be busy. */
  readonly seconds: number;
  /** The stack of the thrown error. */
  readonly stack: string;
}

/**
 * Runs a command as `program.ts` does, and records its output. `isTerminal`: whether the output is a
 * terminal.
 */
export async function captureOutcome(
  work: (terminal: Terminal) => Promise<number> | number,
  isTerminal = true,
): Promise<CommandOutcome> {
  const texts = { out: "", err: "" };
  const record = (name: "out" | "err"): Writable =>
    Object.assign(
      new Writable({
        decodeStrings: false,
        write(chunk, _encoding, done) {
          texts[name] += String(chunk);
          done();
        },
      }),
      { isTTY: isTerminal },
    );
  const terminal: Terminal = {
    out: record("out"),
    err: record("err"),
    interactive: false,
    width: 100,
    colors: createProcessTerminal({ NO_COLOR: "1" }).colors,
  };
  const start = process.cpuUsage();
  let code: number;
  let stack = "";
  try {
    code = await work(terminal);
  } catch (error) {
    stack = error instanceof Error ? (error.stack ?? "") : String(error);
    code = reportError(error, terminal, {});
  }
  const { user, system } = process.cpuUsage(start);
  return { code, ...texts, seconds: (user + system) / 1e6, stack };
}

// oxlint-disable-next-line no-control-regex -- this is what must not reach a terminal
const CONTROLS = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/;
const SLOW_SECONDS = 10;
const LONGEST_ERROR = 4000;

/** Returns the violations in the outcome of any command. An error message must contain one of `names`. */
export function checkOutcome(
  { code, out, err, seconds, stack }: CommandOutcome,
  names: readonly string[],
): string[] {
  const faults: string[] = [];
  const all = `${out}${err}`;
  if (![0, 1, 2].includes(code)) faults.push(`exit code ${code}`);
  if (/Unexpected error|This is a bug/.test(err)) faults.push(`unexpected error: ${stack.slice(0, 600)}`);
  if (/^\s+at .+:\d+:\d+/m.test(all)) faults.push("a stack trace");
  const control = CONTROLS.exec(all);
  if (control !== null) {
    const place = all.slice(Math.max(0, control.index - 30), control.index + 30);
    faults.push(`a control character is printed: ${JSON.stringify(place)}`);
  }
  if (/\[object \w+\]/.test(all)) faults.push("an object is printed");
  if (code !== 0 && err.trim() === "") faults.push("an error without a message");
  else if (code !== 0 && names.length > 0 && !names.some((name) => err.includes(name)))
    faults.push(`an error that names no file: ${err.trim().slice(0, 400)}`);
  if (err.length > LONGEST_ERROR) faults.push(`a message of ${err.length} characters`);
  if (seconds > SLOW_SECONDS) faults.push(`it took ${seconds.toFixed(1)} s of the processor`);
  return faults;
}

/** The result of one fuzz case. */
export interface FuzzResult {
  readonly kind: "answer" | "error";
  /** How the input was corrupted. */
  readonly what: string;
  readonly faults: readonly string[];
}
