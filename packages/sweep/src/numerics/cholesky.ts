import { sqrt } from "@nn/tensor";
import { dot } from "./dot.ts";

/**
 * Returns the Cholesky factor of a symmetric positive definite matrix A (n, n): the lower triangular L with
 * L·Lᵀ = A, row-major, zeros above the diagonal. Returns undefined if A is not numerically positive definite.
 * Golub & Van Loan, 4.2.
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array | undefined {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      // Lᵢⱼ = (Aᵢⱼ − Σ_{k<j} Lᵢₖ·Lⱼₖ) / Lⱼⱼ; on the diagonal, the square root of the difference
      const sum = matrix[i * n + j]! - dot(l, i * n, l, j * n, j);
      if (i > j) {
        l[i * n + j] = sum / l[j * n + j]!;
        continue;
      }
      if (!(sum > 0)) return undefined;
      l[i * n + i] = sqrt(sum);
    }
  }
  return l;
}

/** Returns the diagonal of a matrix (n, n). For a Cholesky factor L, log det A = 2·Σ log Lᵢᵢ. */
export function diagonal(matrix: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => matrix[i * n + i]!);
}
