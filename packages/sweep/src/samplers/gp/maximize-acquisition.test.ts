import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";
import { maximizeAcquisition } from "./maximize-acquisition.ts";
import { toDimension } from "../../space/dimension.ts";

const dimensions = [
  toDimension({ type: "float", min: -5, max: 5 }),
  toDimension({ type: "int", min: 1, max: 10 }),
  toDimension(["a", "b", "c"]),
];

test("finds the maximum, at the middle of a value's interval and at the entry of a list", () => {
  const found = maximizeAcquisition(dimensions, [], createRng(1), ([x, n, entry]) => {
    return -((x! - 0.72) ** 2) - (n! - 0.35) ** 2 - (entry === 2 ? 0 : 1);
  });
  expect(found[0]![0]).toBeCloseTo(0.72, 2);
  expect([...found[0]!.subarray(1)]).toEqual([0.35, 2]);
});

test("returns the highest points first, all within the cube", () => {
  const height = ([x, n]: Float64Array): number => x! - n!;
  const found = maximizeAcquisition(dimensions, [Float64Array.of(0.99, 0.05, 0)], createRng(2), height);
  const heights = found.map(height);
  expect(heights).toEqual(heights.toSorted((a, b) => b - a));
  for (const [x, n, entry] of found) {
    expect(Math.min(x!, n!)).toBeGreaterThanOrEqual(0);
    expect(Math.max(x!, n!)).toBeLessThan(1);
    expect([0, 1, 2]).toContain(entry);
  }
});
