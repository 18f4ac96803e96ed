import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished, expect, test } from "vitest";

import { runSelfTest } from "./self-test.ts";

function stampForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), "nn-verdict-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "stamp");
}

/** Returns a self-test that returns these results one after the other, and a count of its runs. */
function judgeOf(...verdicts: boolean[]) {
  let asked = 0;
  return { judge: () => verdicts[asked++] ?? false, asked: () => asked };
}

test("a passed self-test runs once", () => {
  const stamp = stampForTest();
  const { judge, asked } = judgeOf(true, false);
  expect([runSelfTest(judge, stamp), runSelfTest(judge, stamp)]).toEqual([true, true]);
  expect(asked()).toBe(1);
});

test("a failed self-test is not stored", () => {
  const stamp = stampForTest();
  const { judge, asked } = judgeOf(false, true);
  expect([runSelfTest(judge, stamp), runSelfTest(judge, stamp)]).toEqual([false, true]);
  expect(asked()).toBe(2);
});

test("a result for another environment is ignored", () => {
  const stamp = stampForTest();
  writeFileSync(stamp, "0".repeat(64));
  const { judge, asked } = judgeOf(false);
  expect(runSelfTest(judge, stamp)).toBe(false);
  expect(asked()).toBe(1);
});

test("the self-test runs each time if its result cannot be written", () => {
  const stamp = join(stampForTest(), "no such folder");
  const { judge, asked } = judgeOf(true, true);
  expect([runSelfTest(judge, stamp), runSelfTest(judge, stamp)]).toEqual([true, true]);
  expect(asked()).toBe(2);
});
