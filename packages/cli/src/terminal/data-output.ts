import { toPrintable, toPrintableJson } from "@nn/platform/printable";

import type { Terminal } from "./terminal.ts";

/** Prints a value as JSON, in which no character of the data is one that a terminal interprets. */
export function writeJson(value: unknown, { out }: Pick<Terminal, "out">): void {
  out.write(`${toPrintableJson(value)}\n`);
}

/**
 * Prints a table as CSV: with the exact data into a pipe or a file, and without control characters on a
 * terminal.
 */
export function writeCsv(text: string, { out }: Pick<Terminal, "out">): void {
  const isTerminal = "isTTY" in out && out.isTTY === true;
  out.write(isTerminal ? toPrintable(text) : text);
}
