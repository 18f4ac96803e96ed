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

/** A judge that says these one after the other, and how often it was asked. */
function judgeOf(...verdicts: boolean[]) {
  let asked = 0;
  return { judge: () => verdicts[asked++] ?? false, asked: () => asked };
}

test("a good verdict is asked for once", () => {
  const stamp = stampForTest();
  const { judge, asked } = judgeOf(true, false);
  expect([runSelfTest(judge, stamp), runSelfTest(judge, stamp)]).toEqual([true, true]);
  expect(asked()).toBe(1);
});

test("a bad one is not remembered", () => {
  const stamp = stampForTest();
  const { judge, asked } = judgeOf(false, true);
  expect([runSelfTest(judge, stamp), runSelfTest(judge, stamp)]).toEqual([false, true]);
  expect(asked()).toBe(2);
});

test("that of other circumstances counts for nothing", () => {
  const stamp = stampForTest();
  writeFileSync(stamp, "0".repeat(64));
  const { judge, asked } = judgeOf(false);
  expect(runSelfTest(judge, stamp)).toBe(false);
  expect(asked()).toBe(1);
});

test("where nothing can be written it is asked for each time", () => {
  const stamp = join(stampForTest(), "no such folder");
  const { judge, asked } = judgeOf(true, true);
  expect([runSelfTest(judge, stamp), runSelfTest(judge, stamp)]).toEqual([true, true]);
  expect(asked()).toBe(2);
});
