import fc from "fast-check";
import { expect, test } from "vitest";
import { identity, eigendecomposeSymmetric } from "./eigen.ts";

const entry = fc.double({ min: -10, max: 10, noNaN: true });

/** A symmetric matrix, and its size. */
const symmetric = fc
  .integer({ min: 0, max: 8 })
  .chain((n) => fc.tuple(fc.constant(n), fc.array(entry, { minLength: n * n, maxLength: n * n })))
  .map(([n, entries]) => ({
    n,
    a: Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return entries[Math.min(i, j) * n + Math.max(i, j)]!;
    }),
  }));

test("B·diag(λ)·Bᵀ is the matrix, and BᵀB is the identity", () => {
  fc.assert(
    fc.property(symmetric, ({ n, a }) => {
      const { values, vectors } = eigendecomposeSymmetric(a, n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let [product, inner] = [0, 0];
          for (let k = 0; k < n; k++) {
            product += vectors[i * n + k]! * values[k]! * vectors[j * n + k]!;
            inner += vectors[k * n + i]! * vectors[k * n + j]!;
          }
          expect(product).toBeCloseTo(a[i * n + j]!, 10);
          expect(inner).toBeCloseTo(i === j ? 1 : 0, 12);
        }
      }
    }),
  );
});

test("2 1 / 1 2 has the eigenvalues 1 and 3", () => {
  const { values } = eigendecomposeSymmetric(Float64Array.of(2, 1, 1, 2), 2);
  expect([...values].toSorted((a, b) => a - b)).toEqual([1, 3].map((value) => expect.closeTo(value, 14)));
});

test("a diagonal matrix has its diagonal as eigenvalues and the identity as eigenvectors", () => {
  const { values, vectors } = eigendecomposeSymmetric(Float64Array.of(3, 0, 0, 1e-9), 2);
  expect([...values]).toEqual([3, 1e-9]);
  expect(vectors).toEqual(identity(2));
});
