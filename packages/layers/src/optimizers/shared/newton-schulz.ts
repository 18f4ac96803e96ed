import { sqrt, type Backend, type Shape, type Tensor } from "@nn/tensor";

// Chosen by Jordan (2024) for the steepest slope at 0 with which all singular values in 0 … 1 still end near
// 1.
const A = 3.4445;
const B = -4.775;
const C = 2.0315;

/**
 * Returns a function that makes matrices of this shape approximately orthogonal. For G = U·Σ·Vᵀ, the result
 * is close to U·Vᵀ, with singular values of 0.7 … 1.2 instead of 1. Jordan 2024; G (R, C), K = min(R, C):
 *
 *   X = G / (‖G‖ + 1e-7)
 *   X = a·X + (b·S + c·S²)·X with S = X·Xᵀ (K, K)        `iterations` times
 *
 * If C < R, it multiplies from the right instead: X·(b·S + c·S²) with S = Xᵀ·X. The backend computes the
 * products. The next call overwrites the returned tensor.
 */
export function createNewtonSchulz(
  backend: Backend,
  shape: Shape,
  iterations: number,
): (matrix: Tensor) => Tensor {
  const [rows, columns] = [shape[0]!, shape[1]!];
  const tall = rows > columns;
  const order = Math.min(rows, columns);
  const s = backend.allocate([order, order]);
  const square = backend.allocate([order, order]);
  const buffers = [backend.allocate(shape), backend.allocate(shape)] as const;

  return (matrix) => {
    let [x, next]: readonly [Tensor, Tensor] = buffers;
    const size = norm(matrix) + 1e-7;
    for (let i = 0; i < x.data.length; i++) x.data[i] = matrix.data[i]! / size;

    for (let iteration = 0; iteration < iterations; iteration++) {
      // S = Xᵀ·X or X·Xᵀ (K, K)
      backend.gemm(
        tall ? { a: x, transposeA: true, b: x, out: s } : { a: x, b: x, transposeB: true, out: s },
      );
      // S ← b·S + c·S²
      backend.gemm({ a: s, b: s, out: square });
      for (let i = 0; i < s.data.length; i++) s.data[i] = B * s.data[i]! + C * square.data[i]!;
      // X ← a·X + S·X or X·S (R, C)
      for (let i = 0; i < x.data.length; i++) next.data[i] = A * x.data[i]!;
      backend.gemm({ ...(tall ? { a: x, b: s } : { a: s, b: x }), out: next, accumulate: true });
      [x, next] = [next, x];
    }
    return x;
  };
}

/** Returns the Frobenius norm, in float64. */
function norm({ data }: Tensor): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]! * data[i]!;
  return sqrt(sum);
}
