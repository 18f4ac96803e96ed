import { sqrt } from "@nn/tensor";
import { dot } from "./dot.ts";

/**
 * L, the lower triangle with L·Lᵀ = A, of a symmetric positive definite A (n, n), row by row; above the
 * diagonal zeros. Undefined where A is not positive definite to its last digits. Golub & Van Loan, 4.2.
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array | undefined {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      // Lᵢⱼ = (Aᵢⱼ − Σ_{k<j} Lᵢₖ·Lⱼₖ) / Lⱼⱼ, and on the diagonal the root
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

/** log det A = 2·Σ log Lᵢᵢ needs these. */
export function diagonal(matrix: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => matrix[i * n + i]!);
}
