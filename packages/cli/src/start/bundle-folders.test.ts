import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { deleteOldBundles, markBundleInUse } from "./bundle-folders.ts";

function folderOfBundles(names: readonly string[]): string {
  const bundles = mkdtempSync(join(tmpdir(), "nn-bundles-"));
  onTestFinished(() => rmSync(bundles, { recursive: true, force: true }));
  for (const name of names) mkdirSync(join(bundles, name));
  return bundles;
}

/** The first name is the newest. */
function age(bundles: string, names: readonly string[]): void {
  names.forEach((name, index) => utimesSync(join(bundles, name), 1e9 - index, 1e9 - index));
}

test("the five newest bundles stay, and those that a process uses", () => {
  const names = ["a", "b", "c", "d", "e", "f", "used-here", "used-there", "ended", "left-there"];
  const bundles = folderOfBundles(names);
  markBundleInUse(join(bundles, "used-here"));
  for (const [name, note] of [
    ["used-there", "1@other-machine"],
    // Process numbers are below 2²² on Linux.
    ["ended", `99999999@${hostname()}`],
    ["left-there", "2@other-machine"],
  ] as const) {
    mkdirSync(join(bundles, name, "used-by"));
    writeFileSync(join(bundles, name, "used-by", note), "");
  }
  utimesSync(join(bundles, "left-there/used-by/2@other-machine"), 1e9, 1e9);
  age(bundles, names);
  deleteOldBundles(bundles);
  expect(readdirSync(bundles).sort()).toEqual(["a", "b", "c", "d", "e", "used-here", "used-there"]);
});

test("a bundle that cannot be marked is still used", () => {
  expect(() => markBundleInUse("/dev/null/bundle")).not.toThrow();
});
