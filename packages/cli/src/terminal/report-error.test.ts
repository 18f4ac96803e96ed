import { RunDirectoryError } from "@nn/results";
import { AddressError } from "@nn/runner/remote-error";
import { expect, test } from "vitest";

import { createRecordingTerminal } from "../../test/support/recording-terminal.ts";
import { reportError } from "./report-error.ts";

test("an expected error is printed as its message", () => {
  const terminal = createRecordingTerminal();
  expect(reportError(new RunDirectoryError("locked", "Another run is in progress."), terminal, {})).toBe(1);
  expect(terminal.text()).toBe("error: Another run is in progress.\n");
});

test("the exit code of a wrong address is that of a wrong option", () => {
  const terminal = createRecordingTerminal();
  expect(reportError(new AddressError('"foo" is not an address.'), terminal, {})).toBe(2);
  expect(terminal.text()).toBe('error: "foo" is not an address.\n');
});

test("an unexpected error is printed on one line, with a hint how to see the stack trace", () => {
  const terminal = createRecordingTerminal();
  expect(reportError(new TypeError("x is undefined\nand more"), terminal, {})).toBe(1);
  expect(terminal.text()).toBe(
    "error: unexpected TypeError: x is undefined\n" +
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
  expect(terminal.text()).toBe("error: �]0;title�.csv: expected �2J.\n");
});
