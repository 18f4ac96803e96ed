import type { BlockProducts, StridedBlocks } from "../backend.ts";
import type { Round } from "./rounding.ts";

/** out(i, j) = A(i, j)·B(i, j), a matrix product for each pair of blocks. See BlockProducts. */
export function gemmBlocks(round: Round, products: BlockProducts): void {
  const { outer, inner, M, N, K, a, b, out, transposeA = false, transposeB = false } = products;
  const [aRow, aColumn] = transposeA ? [1, a.rowStep] : [a.rowStep, 1];
  const [bRow, bColumn] = transposeB ? [1, b.rowStep] : [b.rowStep, 1];

  for (let block = 0; block < outer * inner; block++) {
    const [i, j] = [Math.floor(block / inner), block % inner];
    const firstOf = ({ offset, outerStep, innerStep }: StridedBlocks) =>
      offset + i * outerStep + j * innerStep;
    const [aFirst, bFirst, first] = [firstOf(a), firstOf(b), firstOf(out)];
    for (let row = 0; row < M; row++) {
      for (let column = 0; column < N; column++) {
        let sum = 0;
        for (let k = 0; k < K; k++) {
          const left = a.tensor.data[aFirst + row * aRow + k * aColumn]!;
          const right = b.tensor.data[bFirst + k * bRow + column * bColumn]!;
          sum = round(sum + round(left * right));
        }
        out.tensor.data[first + row * out.rowStep + column] = sum;
      }
    }
  }
}
