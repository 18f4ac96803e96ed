import { expect, test } from "vitest";

import { drawTensor, expectSameBytes, wasmBackend } from "../test/same-bytes.ts";

test("a smaller batch after a larger one finds its own non-zeros", () => {
  expectSameBytes((backend) => {
    const x = drawTensor(backend, [10, 20], 1, 0.9);
    const nonZeros = backend.createSparsityPattern(10, 20, 64);
    nonZeros.find(x);
    const first = { shape: [3, 20], data: x.data.subarray(0, 60) };
    nonZeros.find(first);
    const out = backend.allocate([20, 5]);
    backend.gemm({ a: first, transposeA: true, b: drawTensor(backend, [3, 5], 2), out, nonZeros });
    return [out];
  });
});

test("an infinite weight times a zero input is NaN, in dense and sparse products", () => {
  expectSameBytes((backend) => {
    const x = backend.allocate([2, 40]);
    x.data.fill(0);
    x.data[7] = 1;
    const nonZeros = backend.createSparsityPattern(2, 40, 64);
    nonZeros.find(x);
    const w = drawTensor(backend, [40, 3], 1);
    w.data[3 * 20 + 1] = Infinity;
    const out = backend.allocate([2, 3]);
    backend.gemm({ a: x, b: w, out, nonZeros });
    return [Array.from(out.data, Number.isNaN).indexOf(true), out.data[0]!, out.data[2]!];
  });
});

test("NaN in a mostly zero input propagates to the output", () => {
  const release = wasmBackend.mark();
  const x = wasmBackend.allocate([2, 40]);
  x.data[7] = NaN;
  const nonZeros = wasmBackend.createSparsityPattern(2, 40, 64);
  nonZeros.find(x);
  const out = wasmBackend.allocate([2, 3]);
  wasmBackend.gemm({ a: x, b: drawTensor(wasmBackend, [40, 3], 1), out, nonZeros });
  expect([...out.data.subarray(0, 3)]).toEqual([NaN, NaN, NaN]);
  release();
});

// B is too large for a cache, so the sums are computed in parts.
test.each([
  [2, false, false],
  [33, false, true],
  [33, true, false],
  [5, true, true],
])("sums of a thousand terms: %i rows, A transposed %s, B transposed %s", (M, transposeA, transposeB) => {
  const [K, N] = [1029, 140];
  for (const accumulate of [true, false]) {
    expectSameBytes((backend, drawn) => {
      const a = drawn(transposeA ? [K, M] : [M, K], 1);
      const b = drawn(transposeB ? [N, K] : [K, N], 2);
      const out = drawn([M, N], 3);
      const epilogue = accumulate
        ? { accumulate }
        : { bias: drawn([N], 4), activation: { kind: "relu" } as const };
      backend.gemm({ a, transposeA, b, transposeB, out, ...epilogue });
      return [out];
    });
  }
});
