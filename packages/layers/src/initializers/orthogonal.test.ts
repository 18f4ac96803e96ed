import { createReferenceBackend, createRng } from "@nn/tensor";
import { describe, expect, test } from "vitest";

import { testInitializer } from "../testing.ts";
import { orthogonal } from "./orthogonal.ts";

// For (200, 300), each row has length gain, so the mean of its 300 squares is gain² / 300.
testInitializer(orthogonal, [
  { readsShape: true, variance: () => 1 / 300 },
  { options: { gain: 2 }, readsShape: true, variance: () => 4 / 300 },
]);

const backend = createReferenceBackend("float64");

describe.each([
  { shape: [7, 3] },
  { shape: [3, 7] },
  { shape: [5, 5] },
  { shape: [1, 4] },
  { shape: [3, 3, 2, 4] }, // kernels of a convolution: (KH·KW·C, F)
])("of $shape", ({ shape }) => {
  const columns = shape.at(-1) ?? 1;
  const rows = shape.reduce((product, extent) => product * extent) / columns;
  const value = backend.allocate(shape);
  const options = { gain: 3 };
  // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- an initializer's fill, not an array's
  orthogonal.fill(options, value, { fanIn: rows, fanOut: columns }, createRng(5));

  test("columns (or rows, if there are fewer) are orthogonal and have length gain", () => {
    const count = Math.min(rows, columns);
    const entry = (vector: number, k: number): number =>
      value.data[columns <= rows ? k * columns + vector : vector * columns + k]!;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) {
        let product = 0;
        for (let k = 0; k < Math.max(rows, columns); k++) product += entry(i, k) * entry(j, k);
        expect(Math.abs(product - (i === j ? 9 : 0))).toBeLessThan(1e-14 * 9);
      }
    }
  });
});
