import { toPrintable, toPrintableJson } from "@nn/platform/printable";

import type { Terminal } from "./terminal.ts";

/** Prints a value as JSON. Escapes characters that a terminal would interpret. */
export function writeJson(value: unknown, { out }: Pick<Terminal, "out">): void {
  out.write(`${toPrintableJson(value)}\n`);
}

/**
 * Prints a table as CSV. A pipe or a file gets the exact data; a terminal gets it without control characters.
 */
export function writeCsv(text: string, { out }: Pick<Terminal, "out">): void {
  const isTerminal = "isTTY" in out && out.isTTY === true;
  out.write(isTerminal ? toPrintable(text) : text);
}
