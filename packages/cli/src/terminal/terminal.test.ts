import { EventEmitter } from "node:events";
import { PassThrough, Writable } from "node:stream";

import { expect, test } from "vitest";

import { flushOutput, handleOutputErrors } from "./terminal.ts";

/** Ends a process whose output fails with these codes. Returns its standard error and its exit code. */
function endWith(codes: readonly string[], exitCode: number): [err: unknown, exitCode: unknown] {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough({ encoding: "utf8" }), exitCode };
  const owner = Object.assign(new EventEmitter(), streams);
  handleOutputErrors(owner);
  for (const code of codes) {
    owner.stdout.emit("error", Object.assign(new Error(`write ${code}`), { code }));
  }
  owner.emit("exit", exitCode);
  return [owner.stderr.read() ?? "", owner.exitCode];
}

test("an output that cannot be written is reported once, and a successful command fails", () => {
  const line = "error: the output cannot be written: no space is left on the disk (ENOSPC).\n";
  expect(endWith(["ENOSPC", "ENOSPC"], 0)).toEqual([line, 1]);
  expect(endWith(["ENOSPC"], 2)).toEqual([line, 2]);
  expect(endWith(["EOTHER"], 0)).toEqual(["error: the output cannot be written: write EOTHER.\n", 1]);
});

test("a closed pipe is not an error", () => {
  expect(endWith(["EPIPE", "ERR_STREAM_DESTROYED"], 0)).toEqual(["", 0]);
});

test("output is flushed when a slow reader has all of it, or when the reader has gone", async () => {
  let received = "";
  const stdout = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, done) => {
      received += text;
      setTimeout(done, 5);
    },
  });
  const stderr = new PassThrough();
  stderr.on("error", () => {});
  stderr.destroy();
  const lines = Array.from({ length: 10 }, (_, line) => `line ${line}\n`);
  for (const line of lines) stdout.write(line);
  // The program replaces this method, so that custom parts cannot write to the output.
  stdout.write = () => false;
  await flushOutput({ stdout, stderr });
  expect(received).toBe(lines.join(""));
});
