import { readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { expectClose } from "./expect-close.ts";
import { float32Backend, float64Backend, randomNormal, tensor } from "./sample-tensors.ts";

interface GoldenLoss {
  readonly outputs: number[];
  readonly labels: number[];
  readonly loss: number;
  readonly gradient: number[];
}

// Written by golden/steps.py.
const golden: Record<"crossEntropy" | "meanSquaredError", GoldenLoss> = JSON.parse(
  readFileSync(new URL("../golden/steps.json", import.meta.url), "utf8"),
);

describe.each([
  { backend: float64Backend, tolerance: 1e-14 },
  { backend: float32Backend, tolerance: 4e-7 },
])("in $backend.precision", ({ backend, tolerance }) => {
  test.each(["crossEntropy", "meanSquaredError"] as const)("%s and its gradient match PyTorch", (name) => {
    const { outputs, labels, loss, gradient } = golden[name];
    const dx = backend.allocate([4, 3]);
    const method = name === "crossEntropy" ? "softmaxCrossEntropy" : "meanSquaredError";
    const got = backend[method](tensor(backend, [4, 3], outputs), Int32Array.from(labels), dx);
    expect(Math.abs(got / loss - 1)).toBeLessThan(tolerance);
    expectClose(dx.data, gradient, tolerance);
  });
});

const extent = fc.integer({ min: 1, max: 6 });
const anySeed = fc.integer({ min: 0, max: 1_000_000 });

describe("softmaxCrossEntropy", () => {
  test("is finite for the largest logits", () => {
    for (const backend of [float32Backend, float64Backend]) {
      const logits = tensor(backend, [2, 3], [3e38, -3e38, 0, -3e38, -3e38, -3e38]);
      const gradient = backend.allocate([2, 3]);
      const loss = backend.softmaxCrossEntropy(logits, Int32Array.of(0, 1), gradient);
      expect(loss).toBeCloseTo(Math.log(3) / 2, 6);
      expect(backend.allFinite(gradient)).toBe(true);
    }
  });

  test("has a gradient whose rows sum to zero", () => {
    fc.assert(
      fc.property(extent, extent, anySeed, (N, C, seed) => {
        const gradient = float64Backend.allocate([N, C]);
        const labels = Int32Array.from({ length: N }, (_, n) => n % C);
        float64Backend.softmaxCrossEntropy(randomNormal(float64Backend, [N, C], seed), labels, gradient);
        for (let n = 0; n < N; n++) {
          let sum = 0;
          for (const value of gradient.data.subarray(n * C, (n + 1) * C)) sum += value;
          expect(Math.abs(sum)).toBeLessThan(1e-15);
        }
      }),
    );
  });

  test.each([0, 1, 2])("propagates a NaN at index %d", (place) => {
    const logits = tensor(float32Backend, [1, 3], [1, 2, 3]);
    logits.data[place] = Number.NaN;
    const gradient = float32Backend.allocate([1, 3]);
    expect(float32Backend.softmaxCrossEntropy(logits, Int32Array.of(1), gradient)).toBeNaN();
    expect([...gradient.data].every(Number.isNaN)).toBe(true);
  });
});

test("countCorrect uses the first of equal values and counts a row with a NaN as wrong", () => {
  const { NaN: nan } = Number;
  const outputs = tensor(float32Backend, [5, 3], [1, 3, 2, 5, 5, 0, 5, 5, 0, nan, 1, 0, 2, nan, 1]);
  expect(float32Backend.countCorrect(outputs, Int32Array.of(1, 0, 1, 1, 0))).toBe(2);
});
