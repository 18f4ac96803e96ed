import { RunDirectoryError } from "@nn/results";
import { expect, test } from "vitest";

import { createRecordingTerminal } from "../../test/support/recording-terminal.ts";
import { reportError } from "./report-error.ts";

test("an expected error is printed as its message", () => {
  const terminal = createRecordingTerminal();
  expect(reportError(new RunDirectoryError("locked", "Another run is in progress."), terminal, {})).toBe(1);
  expect(terminal.text()).toBe("Error: Another run is in progress.\n");
});

test("an unexpected error is printed on one line, with a hint how to see the stack trace", () => {
  const terminal = createRecordingTerminal();
  expect(reportError(new TypeError("x is undefined\nand more"), terminal, {})).toBe(1);
  expect(terminal.text()).toBe(
    "Unexpected error: TypeError: x is undefined\n" +
      "This is a bug in the program. Set NN_DEBUG=1 to see the stack trace.\n",
  );
});

test("NN_DEBUG shows the stack trace", () => {
  const terminal = createRecordingTerminal();
  reportError(new TypeError("x is undefined"), terminal, { NN_DEBUG: "1" });
  expect(terminal.text()).toMatch(/^\s+at .*report-error\.test\.ts/m);
});

test("data in a message cannot control the terminal", () => {
  const terminal = createRecordingTerminal();
  reportError(new RunDirectoryError("corrupt", "\u001B]0;title\u0007.csv: expected \u009B2J."), terminal, {});
  expect(terminal.text()).toBe("Error: �]0;title�.csv: expected �2J.\n");
});
