import type { BlockProducts, Blocks, MatrixProduct } from "@nn/tensor";

import { codeOf, slopeOf } from "../activation-codes.ts";
import { columnsOf, type Engine } from "../engine.ts";
import { ListedNonZeros, type Lists } from "../non-zeros.ts";
import { allFinite } from "./reductions.ts";

const FLOAT = 4;
/** The widest panel of the kernels, sparse.ts. */
const PANEL_COLUMNS = 64;

export function gemm(engine: Engine, product: MatrixProduct): void {
  const { a, b, out, transposeA = false, transposeB = false, accumulate = false, bias, activation } = product;
  const aColumns = columnsOf(a);
  const aRows = a.data.length / aColumns;
  const [M, K] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const bColumns = columnsOf(b);
  const N = transposeB ? b.data.length / bColumns : bColumns;
  const biasAddress = bias === undefined ? 0 : engine.address(bias);
  const panel = engine.roomFor(K * PANEL_COLUMNS * FLOAT);

  const lists = listsFor(engine, product, transposeA);
  if (lists !== undefined) {
    engine.kernels.sparseProduct(
      M,
      N,
      K,
      lists.starts,
      lists.indices,
      lists.values,
      engine.address(b),
      bColumns * FLOAT,
      engine.address(out),
      Number(accumulate),
      biasAddress,
      codeOf(activation),
      slopeOf(activation),
      panel,
    );
    return;
  }
  engine.kernels.gemm(
    M,
    N,
    K,
    engine.address(a),
    transposeA ? FLOAT : aColumns * FLOAT,
    transposeA ? aColumns * FLOAT : FLOAT,
    engine.address(b),
    bColumns * FLOAT,
    Number(transposeB),
    engine.address(out),
    N * FLOAT,
    Number(accumulate),
    biasAddress,
    codeOf(activation),
    slopeOf(activation),
    panel,
  );
}

export function gemmBlocks(engine: Engine, products: BlockProducts): void {
  const { outer, inner, M, N, K, a, b, out, transposeA = false, transposeB = false } = products;
  engine.kernels.gemmBlocks(
    outer,
    inner,
    M,
    N,
    K,
    ...blocks(engine, a),
    transposeA ? FLOAT : a.rowStep * FLOAT,
    transposeA ? a.rowStep * FLOAT : FLOAT,
    ...blocks(engine, b),
    b.rowStep * FLOAT,
    Number(transposeB),
    ...blocks(engine, out),
    out.rowStep * FLOAT,
    engine.roomFor(K * PANEL_COLUMNS * FLOAT),
  );
}

/** Where blocks begin, and how many bytes lie between them. */
function blocks(engine: Engine, { tensor, offset, outerStep, innerStep }: Blocks): [number, number, number] {
  return [engine.address(tensor) + offset * FLOAT, outerStep * FLOAT, innerStep * FLOAT];
}

/** The lists of A where they can stand for it: leaving out 0·b changes nothing unless b is infinite or NaN. */
function listsFor(
  engine: Engine,
  { nonZeros, b, transposeB }: MatrixProduct,
  transposeA: boolean,
): Lists | undefined {
  if (!(nonZeros instanceof ListedNonZeros) || transposeB) return undefined;
  const lists = nonZeros.lists(transposeA);
  return lists !== undefined && allFinite(engine, b) ? lists : undefined;
}
