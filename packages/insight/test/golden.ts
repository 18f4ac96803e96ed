import { readFileSync } from "node:fs";

/** Reads a file of `golden/`, which the script of the same name has written. The caller declares its type. */
export function readGolden(name: string): ReturnType<typeof JSON.parse> {
  return JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));
}

/** Returns |actual − expected| / |expected|, and 0 for equal numbers. */
export function relativeError(actual: number, expected: number): number {
  return actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected);
}
