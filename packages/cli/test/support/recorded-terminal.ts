import { Writable } from "node:stream";

import { createColors } from "picocolors";

import type { Terminal } from "../../src/terminal/terminal.ts";

/** A terminal without colours that records its output. */
export interface RecordedTerminal extends Terminal {
  readonly recorded: { out: string; err: string };
}

export function createRecordedTerminal(): RecordedTerminal {
  const recorded = { out: "", err: "" };
  const record = (name: "out" | "err"): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        recorded[name] += String(chunk);
        done();
      },
    });
  return {
    recorded,
    out: record("out"),
    err: record("err"),
    interactive: false,
    width: 80,
    colors: createColors(false),
  };
}
