import { PassThrough } from "node:stream";

import { createColors } from "picocolors";

import type { Terminal } from "../../src/terminal/terminal.ts";

/** Creates a terminal without colours that records its output. */
export function createRecordingTerminal(
  changes: Partial<Terminal> = {},
): Terminal & { readonly text: () => string } {
  const out = new PassThrough({ encoding: "utf8" });
  let text = "";
  out.on("data", (piece: string) => (text += piece));
  const terminal = { out, err: out, interactive: false, width: 100, colors: createColors(false), ...changes };
  return { ...terminal, text: () => text };
}
