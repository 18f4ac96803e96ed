import type { BlockProducts, Blocks, MatrixProduct } from "@nn/tensor";

import { codeOf, slopeOf } from "../activation-codes.ts";
import { columnsOf, FLOAT, LINE, type Engine } from "../engine.ts";
import { SparseMatrix, type Lists } from "../non-zeros.ts";
import { allFinite } from "./reductions.ts";

/** The widest panel of the kernels; see assembly/sparse.ts. */
const PANEL_COLUMNS = 64;
const TILE_ROWS = 4;
/** Approximate cost of a sparse product, relative to the dense product. */
const SHARE_LISTED = 0.2;

/** out = activation(A·B + bias), or out += A·B; see `Backend.gemm`. */
export function gemm(engine: Engine, product: MatrixProduct): void {
  const { a, b, out, transposeA = false, transposeB = false, accumulate = false, bias, activation } = product;
  const aColumns = columnsOf(a);
  const aRows = a.data.length / aColumns;
  const [M, K] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const bColumns = columnsOf(b);
  const N = transposeB ? b.data.length / bColumns : bColumns;
  const biasAddress = bias === undefined ? 0 : engine.address(bias);
  const panelBytes = K * PANEL_COLUMNS * FLOAT;
  const [bAddress, outAddress] = [engine.address(b), engine.address(out)];
  const work = M * N * K;

  const lists = listsFor(engine, product, transposeA);
  if (lists !== undefined) {
    // Split by rows of out.
    engine.run(
      engine.kernels.sparseProduct,
      { extent: M, grain: 1, work: work * SHARE_LISTED },
      (from, to, thread) => [
        to - from,
        N,
        K,
        lists.starts + from * 4,
        lists.indices,
        lists.values,
        bAddress,
        bColumns * FLOAT,
        outAddress + from * N * FLOAT,
        Number(accumulate),
        biasAddress,
        codeOf(activation),
        slopeOf(activation),
        engine.memoryFor(panelBytes, thread),
      ],
    );
    return;
  }
  const aAddress = engine.address(a);
  const [aRow, aColumn] = transposeA ? [FLOAT, aColumns * FLOAT] : [aColumns * FLOAT, FLOAT];
  const [bRow, bColumn] = [bColumns * FLOAT, transposeB ? bColumns * FLOAT : FLOAT];
  // Split by columns of out if B must be packed, so that each thread packs only its own columns. Otherwise
  // split by rows.
  const byColumns = transposeB && N >= 4 * LINE;
  engine.run(
    engine.kernels.gemm,
    byColumns ? { extent: N, grain: LINE, work } : { extent: M, grain: TILE_ROWS, work },
    (from, to, thread) => {
      const [row, column] = byColumns ? [0, from] : [from, 0];
      return [
        byColumns ? M : to - from,
        byColumns ? to - from : N,
        K,
        aAddress + row * aRow,
        aRow,
        aColumn,
        bAddress + column * bColumn,
        bRow,
        Number(transposeB),
        outAddress + (row * N + column) * FLOAT,
        N * FLOAT,
        Number(accumulate),
        bias === undefined ? 0 : engine.address(bias) + column * FLOAT,
        codeOf(activation),
        slopeOf(activation),
        engine.memoryFor(panelBytes, thread),
      ];
    },
  );
}

/** out = A·B for each pair of blocks (i, j); see `Backend.gemmBlocks`. */
export function gemmBlocks(engine: Engine, products: BlockProducts): void {
  const { outer, inner, M, N, K, a, b, out, transposeA = false, transposeB = false } = products;
  const bytes = K * PANEL_COLUMNS * FLOAT;
  // Split by outer blocks, the examples of a batch.
  engine.run(
    engine.kernels.gemmBlocks,
    { extent: outer, grain: 1, work: outer * inner * M * N * K },
    (from, to, thread) => [
      to - from,
      inner,
      M,
      N,
      K,
      ...blocks(engine, a, from),
      transposeA ? FLOAT : a.rowStep * FLOAT,
      transposeA ? a.rowStep * FLOAT : FLOAT,
      ...blocks(engine, b, from),
      b.rowStep * FLOAT,
      Number(transposeB),
      ...blocks(engine, out, from),
      out.rowStep * FLOAT,
      engine.memoryFor(bytes, thread),
    ],
  );
}

/**
 * Returns the address of block (`first`, 0), and the distances in bytes between outer and between inner
 * blocks.
 */
function blocks(
  engine: Engine,
  { tensor, offset, outerStep, innerStep }: Blocks,
  first: number,
): [number, number, number] {
  return [
    engine.address(tensor) + (offset + first * outerStep) * FLOAT,
    outerStep * FLOAT,
    innerStep * FLOAT,
  ];
}

/**
 * Returns the non-zeros of A if the product can use them: b must be finite, because 0·∞ and 0·NaN are NaN.
 */
function listsFor(
  engine: Engine,
  { nonZeros, b, transposeB }: MatrixProduct,
  transposeA: boolean,
): Lists | undefined {
  if (!(nonZeros instanceof SparseMatrix) || transposeB) return undefined;
  const lists = nonZeros.lists(transposeA);
  return lists !== undefined && allFinite(engine, b) ? lists : undefined;
}
