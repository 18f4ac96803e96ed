import type { BlockProducts, StridedBlocks, MatrixProduct } from "@nn/tensor";

import { getActivationCode, getLeakyReluSlope } from "../activation-codes.ts";
import { countColumns, BYTES_PER_FLOAT, FLOATS_PER_CACHE_LINE, type Engine } from "../engine.ts";
import { SparseMatrix, type SparseMatrixAddresses } from "../sparse-matrix.ts";
import { allFinite } from "./reductions.ts";

/** The widest panel of the kernels; see assembly/sparse.ts. */
const PANEL_COLUMNS = 64;
const TILE_ROWS = 4;
/** Approximate cost of a sparse product, relative to the dense product. */
const SPARSE_COST = 0.2;

/** out = activation(A·B + bias), or out += A·B; see `Backend.gemm`. */
export function gemm(engine: Engine, product: MatrixProduct): void {
  const { a, b, out, transposeA = false, transposeB = false, accumulate = false, bias, activation } = product;
  const aColumns = countColumns(a);
  const aRows = a.data.length / aColumns;
  const [M, K] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const bColumns = countColumns(b);
  const N = transposeB ? b.data.length / bColumns : bColumns;
  const biasAddress = bias === undefined ? 0 : engine.address(bias);
  const panelBytes = K * PANEL_COLUMNS * BYTES_PER_FLOAT;
  const [bAddress, outAddress] = [engine.address(b), engine.address(out)];
  const work = M * N * K;

  const sparse = getSparseMatrix(engine, product, transposeA);
  if (sparse !== undefined) {
    // Split by rows of out.
    engine.run(
      engine.kernels.sparseProduct,
      { extent: M, grain: 1, work: work * SPARSE_COST },
      (from, to, thread) => [
        to - from,
        N,
        K,
        sparse.starts + from * 4,
        sparse.entries,
        bAddress,
        bColumns * BYTES_PER_FLOAT,
        outAddress + from * N * BYTES_PER_FLOAT,
        Number(accumulate),
        biasAddress,
        getActivationCode(activation),
        getLeakyReluSlope(activation),
        engine.workspace(panelBytes, thread),
      ],
    );
    return;
  }
  const aAddress = engine.address(a);
  const [aRow, aColumn] = transposeA
    ? [BYTES_PER_FLOAT, aColumns * BYTES_PER_FLOAT]
    : [aColumns * BYTES_PER_FLOAT, BYTES_PER_FLOAT];
  const [bRow, bColumn] = [
    bColumns * BYTES_PER_FLOAT,
    transposeB ? bColumns * BYTES_PER_FLOAT : BYTES_PER_FLOAT,
  ];
  // Split by columns of out if B must be packed, so that each thread packs only its own columns. Otherwise
  // split by rows.
  const byColumns = transposeB && N >= 4 * FLOATS_PER_CACHE_LINE;
  engine.run(
    engine.kernels.gemm,
    byColumns ? { extent: N, grain: FLOATS_PER_CACHE_LINE, work } : { extent: M, grain: TILE_ROWS, work },
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
        outAddress + (row * N + column) * BYTES_PER_FLOAT,
        N * BYTES_PER_FLOAT,
        Number(accumulate),
        bias === undefined ? 0 : engine.address(bias) + column * BYTES_PER_FLOAT,
        getActivationCode(activation),
        getLeakyReluSlope(activation),
        engine.workspace(panelBytes, thread),
      ];
    },
  );
}

/** out = A·B for each pair of blocks (i, j); see `Backend.gemmBlocks`. */
export function gemmBlocks(engine: Engine, products: BlockProducts): void {
  const { outer, inner, M, N, K, a, b, out, transposeA = false, transposeB = false } = products;
  const bytes = K * PANEL_COLUMNS * BYTES_PER_FLOAT;
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
      transposeA ? BYTES_PER_FLOAT : a.rowStep * BYTES_PER_FLOAT,
      transposeA ? a.rowStep * BYTES_PER_FLOAT : BYTES_PER_FLOAT,
      ...blocks(engine, b, from),
      b.rowStep * BYTES_PER_FLOAT,
      Number(transposeB),
      ...blocks(engine, out, from),
      out.rowStep * BYTES_PER_FLOAT,
      engine.workspace(bytes, thread),
    ],
  );
}

/**
 * Returns the address of block (`first`, 0), and the distances in bytes between outer and between inner
 * blocks.
 */
function blocks(
  engine: Engine,
  { tensor, offset, outerStep, innerStep }: StridedBlocks,
  first: number,
): [number, number, number] {
  return [
    engine.address(tensor) + (offset + first * outerStep) * BYTES_PER_FLOAT,
    outerStep * BYTES_PER_FLOAT,
    innerStep * BYTES_PER_FLOAT,
  ];
}

/**
 * Returns the non-zeros of A if the product can use them: b must be finite, because 0·∞ and 0·NaN are NaN.
 */
function getSparseMatrix(
  engine: Engine,
  { nonZeros, b, transposeB }: MatrixProduct,
  transposeA: boolean,
): SparseMatrixAddresses | undefined {
  if (!(nonZeros instanceof SparseMatrix) || transposeB) return undefined;
  const sparse = nonZeros.getAddresses(transposeA);
  return sparse !== undefined && allFinite(engine, b) ? sparse : undefined;
}
