import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";
import { cholesky, diagonal } from "./cholesky.ts";
import { invertLowerTriangular } from "./triangular.ts";

test.each([1, 2, 5, 20])("L·Lᵀ is the matrix and L⁻¹·L is the identity, n = %d", (n) => {
  const rng = createRng(n);
  const root = Float64Array.from({ length: n * n }, () => rng.normal());
  const at = (m: Float64Array, i: number, j: number): number => m[i * n + j]!;
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) a[i * n + j]! += at(root, i, k) * at(root, j, k);
      if (i === j) a[i * n + j]! += 0.1;
    }
  }
  const l = cholesky(a, n)!;
  const inverse = invertLowerTriangular(l, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let [product, one] = [0, 0];
      for (let k = 0; k < n; k++) {
        product += at(l, i, k) * at(l, j, k);
        one += at(inverse, i, k) * at(l, k, j);
      }
      expect(product).toBeCloseTo(at(a, i, j), 10);
      expect(one).toBeCloseTo(i === j ? 1 : 0, 8);
    }
  }
});

test("the factor of 4 2 / 2 5 is 2 0 / 1 2", () => {
  const l = cholesky(Float64Array.of(4, 2, 2, 5), 2)!;
  expect([...l]).toEqual([2, 0, 1, 2]);
  expect([...diagonal(l, 2)]).toEqual([2, 2]);
});

test("a matrix that is not positive definite has no Cholesky factor", () => {
  expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
  expect(cholesky(Float64Array.of(Number.NaN), 1)).toBeUndefined();
});
