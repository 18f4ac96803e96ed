/**
 * Returns the inverse L⁻¹ (n, n) of a lower triangular matrix L (n, n), both row-major. It is lower
 * triangular too: row i is (eᵢ − Σ_{k<i} Lᵢₖ·row k) / Lᵢᵢ.
 */
export function invertLowerTriangular(l: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) {
      const factor = -l[i * n + k]! / l[i * n + i]!;
      for (let j = 0; j <= k; j++) inverse[i * n + j]! += factor * inverse[k * n + j]!;
    }
    inverse[i * n + i] = 1 / l[i * n + i]!;
  }
  return inverse;
}
