import type { MatrixProduct } from "../backend.ts";
import type { Tensor } from "../tensor.ts";
import { createActivation } from "./activations.ts";
import { countColumns, countRows } from "./matrix.ts";
import type { Round } from "./rounding.ts";

/** out[i, j] = f(Σ_k a[i, k]·b[k, j] + bias[j]), or out[i, j] += Σ_k a[i, k]·b[k, j]. See MatrixProduct. */
export function gemm(round: Round, product: MatrixProduct): void {
  const { a, b, out, transposeA = false, transposeB = false, accumulate = false, bias, activation } = product;
  const M = countRows(out);
  const N = countColumns(out);
  const K = transposeA ? countRows(a) : countColumns(a);
  // Strides in memory. A transposed operand is read with swapped strides, not copied.
  const [aRow, aColumn] = transposeA ? [1, M] : [K, 1];
  const [bRow, bColumn] = transposeB ? [1, K] : [N, 1];
  const f = activation === undefined ? undefined : createActivation(round, activation).f;

  for (let i = 0; i < M; i++) {
    for (let j = 0; j < N; j++) {
      let sum = accumulate ? out.data[i * N + j]! : 0;
      for (let k = 0; k < K; k++) {
        const term = round(a.data[i * aRow + k * aColumn]! * b.data[k * bRow + j * bColumn]!);
        sum = round(sum + term);
      }
      if (bias !== undefined) sum = round(sum + bias.data[j]!);
      out.data[i * N + j] = f === undefined ? sum : f(sum);
    }
  }
}

/** out[j] += Σ_n x[n, j]. x (N, D), out (D). */
export function sumRows(round: Round, x: Tensor, out: Tensor): void {
  const N = countRows(x);
  const D = countColumns(x);
  for (let j = 0; j < D; j++) {
    let sum = out.data[j]!;
    for (let n = 0; n < N; n++) sum = round(sum + x.data[n * D + j]!);
    out.data[j] = sum;
  }
}
