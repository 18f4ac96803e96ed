import { sqrt } from "@nn/tensor";

/** The eigendecomposition A = B·diag(λ)·Bᵀ. */
export interface Eigendecomposition {
  /** Eigenvalues λ (n), unsorted. */
  readonly values: Float64Array;
  /** Eigenvectors B (n, n): column j belongs to λⱼ. The columns are orthonormal. */
  readonly vectors: Float64Array;
}

/** Maximum number of rounds. Cyclic Jacobi converges quadratically; search spaces rarely need ten rounds. */
const maxRounds = 50;

/**
 * Returns the eigenvalues and eigenvectors of a symmetric matrix (n, n), row-major, by cyclic Jacobi
 * rotations (Jacobi 1846; Golub & Van Loan, 8.5). Slower than library routines, but short, accurate for small
 * eigenvalues, and the same on every machine.
 */
export function eigendecomposeSymmetric(matrix: Float64Array, n: number): Eigendecomposition {
  const a = matrix.slice();
  const vectors = identity(n);
  for (let round = 0; round < maxRounds; round++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) rotated = rotate(a, vectors, n, p, q) || rotated;
    }
    if (!rotated) break;
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), vectors };
}

/** Returns the identity matrix (n, n), row-major. */
export function identity(n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) matrix[i * n + i] = 1;
  return matrix;
}

/**
 * Sets a ← Jᵀ·a·J and b ← b·J, where J rotates the plane of p and q so that a[p, q] becomes 0. If a[p, q] is
 * negligible, changes nothing and returns false.
 */
function rotate(a: Float64Array, b: Float64Array, n: number, p: number, q: number): boolean {
  const apq = a[p * n + q]!;
  const [app, aqq] = [a[p * n + p]!, a[q * n + q]!];
  // Negligible compared to the two diagonal elements.
  if (Math.abs(apq) <= 2 ** -54 * sqrt(Math.abs(app * aqq))) return false;
  // t = tan of the angle, the smaller root of t² + 2θt − 1 = 0.
  const theta = (aqq - app) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + sqrt(theta * theta + 1));
  const c = 1 / sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q, c, s);
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k, c, s);
  a[p * n + q] = a[q * n + p] = 0;
  for (let k = 0; k < n; k++) turn(b, k * n + p, k * n + q, c, s);
  return true;
}

function turn(values: Float64Array, i: number, j: number, c: number, s: number): void {
  const [x, y] = [values[i]!, values[j]!];
  values[i] = c * x - s * y;
  values[j] = s * x + c * y;
}
