import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Backend } from "../backend.ts";
import type { Tensor } from "../tensor.ts";
import { float32Backend, float64Backend, randomNormal, tensor } from "./sample-tensors.ts";

/** Returns the transposed matrix, (columns, rows). */
function transposed(backend: Backend, x: Tensor): Tensor {
  const [rows, columns] = [x.shape[0]!, x.shape[1]!];
  const result = backend.allocate([columns, rows]);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result.data[j * rows + i] = x.data[i * columns + j]!;
  }
  return result;
}

const extent = fc.integer({ min: 1, max: 6 });
const anySeed = fc.integer({ min: 0, max: 1_000_000 });

describe("gemm", () => {
  test("multiplies matrices of integers exactly, transposed or not", () => {
    const entry = fc.integer({ min: -50, max: 50 });
    fc.assert(
      fc.property(extent, extent, extent, fc.infiniteStream(entry), (M, K, N, entries) => {
        const take = (count: number) => Array.from({ length: count }, () => entries.next().value);
        const [left, right] = [take(M * K), take(K * N)];
        const expected = [];
        for (let i = 0; i < M; i++) {
          for (let j = 0; j < N; j++) {
            let sum = 0;
            for (let k = 0; k < K; k++) sum += left[i * K + k]! * right[k * N + j]!;
            expected.push(sum);
          }
        }
        for (const backend of [float32Backend, float64Backend]) {
          const a = tensor(backend, [M, K], left);
          const b = tensor(backend, [K, N], right);
          const [aT, bT] = [transposed(backend, a), transposed(backend, b)];
          const out = backend.allocate([M, N]);
          for (const product of [
            { a, b },
            { a: aT, transposeA: true, b },
            { a, b: bT, transposeB: true },
            { a: aT, transposeA: true, b: bT, transposeB: true },
          ]) {
            backend.gemm({ ...product, out });
            // + 0 replaces −0 by 0; other tests check the sign of zeros.
            expect([...out.data].map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
          }
        }
      }),
    );
  });

  test("gives the same bytes for a transposed operand", () => {
    fc.assert(
      fc.property(extent, extent, extent, anySeed, (M, K, N, seed) => {
        const a = randomNormal(float32Backend, [M, K], seed);
        const b = randomNormal(float32Backend, [K, N], seed + 1);
        const plain = float32Backend.allocate([M, N]);
        const turned = float32Backend.allocate([M, N]);
        float32Backend.gemm({ a, b, out: plain });
        float32Backend.gemm({
          a: transposed(float32Backend, a),
          transposeA: true,
          b: transposed(float32Backend, b),
          transposeB: true,
          out: turned,
        });
        expect(turned.data).toEqual(plain.data);
      }),
    );
  });

  test("sums in index order, rounding after every product and every sum", () => {
    const tiny = 2 ** -24; // 1 + tiny rounds to 1, tiny + tiny + 1 does not
    const b = tensor(float32Backend, [3, 1], [1, 1, 1]);
    const out = float32Backend.allocate([2, 1]);
    float32Backend.gemm({ a: tensor(float32Backend, [2, 3], [1, tiny, tiny, tiny, tiny, 1]), b, out });
    expect([...out.data]).toEqual([1, 1 + 2 ** -23]);

    // A fused multiply-add would keep the last product's 2⁻⁴⁶.
    const x = 1 + 2 ** -23;
    const difference = float32Backend.allocate([1, 1]);
    float32Backend.gemm({
      a: tensor(float32Backend, [1, 2], [-1, x]),
      b: tensor(float32Backend, [2, 1], [1 + 2 ** -22, x]),
      out: difference,
    });
    expect(difference.data[0]).toBe(0);
  });

  test("accumulate continues the sum: two halves of K give the same bytes as one product", () => {
    fc.assert(
      fc.property(extent, extent, extent, extent, anySeed, (M, K1, K2, N, seed) => {
        const a = randomNormal(float32Backend, [K1 + K2, M], seed);
        const b = randomNormal(float32Backend, [K1 + K2, N], seed + 1);
        const whole = float32Backend.allocate([M, N]);
        float32Backend.gemm({ a, transposeA: true, b, out: whole });

        const part = (x: Tensor, from: number, to: number): Tensor => {
          const columns = x.shape[1]!;
          return { shape: [to - from, columns], data: x.data.subarray(from * columns, to * columns) };
        };
        const halves = float32Backend.allocate([M, N]);
        for (const [from, to] of [
          [0, K1],
          [K1, K1 + K2],
        ] as const) {
          float32Backend.gemm({
            a: part(a, from, to),
            transposeA: true,
            b: part(b, from, to),
            out: halves,
            accumulate: true,
          });
        }
        expect(halves.data).toEqual(whole.data);
      }),
    );
  });

  test("adds the bias after the sum, then applies the activation", () => {
    const out = float64Backend.allocate([2, 2]);
    float64Backend.gemm({
      a: tensor(float64Backend, [2, 1], [1, -1]),
      b: tensor(float64Backend, [1, 2], [2, 3]),
      bias: tensor(float64Backend, [2], [0.5, -4]),
      activation: { kind: "relu" },
      out,
    });
    expect([...out.data]).toEqual([2.5, 0, 0, 0]);
  });

  test("treats a tensor of images as one row per image", () => {
    const images = randomNormal(float64Backend, [3, 2, 2, 1], 1);
    const flat = { shape: [3, 4], data: images.data };
    const b = randomNormal(float64Backend, [4, 5], 2);
    const [one, other] = [float64Backend.allocate([3, 5]), float64Backend.allocate([3, 5])];
    float64Backend.gemm({ a: images, b, out: one });
    float64Backend.gemm({ a: flat, b, out: other });
    expect(one.data).toEqual(other.data);
  });

  test("propagates an infinite weight even if the input is zero", () => {
    const out = float32Backend.allocate([1, 1]);
    const nonZeros = float32Backend.createSparsityPattern(1, 2, 2);
    const a = tensor(float32Backend, [1, 2], [0, 1]);
    nonZeros.find(a);
    float32Backend.gemm({ a, b: tensor(float32Backend, [2, 1], [Infinity, 1]), out, nonZeros });
    expect(out.data[0]).toBeNaN();
  });
});

test("sumRows adds the column sums to out", () => {
  const out = tensor(float64Backend, [2], [10, 20]);
  float64Backend.sumRows(tensor(float64Backend, [3, 2], [1, 2, 3, 4, 5, 6]), out);
  expect([...out.data]).toEqual([19, 32]);
});
