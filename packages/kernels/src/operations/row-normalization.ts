import { BLOCK_ROWS, type RowNormalization, type RowNormalizationGradient, type Tensor } from "@nn/tensor";

import { BYTES_PER_FLOAT, type Engine } from "../engine.ts";
import { ELEMENT_COST } from "../threads/split.ts";

/**
 * out = (x − mean)·scale·weight + bias with scale = 1/√(mean((x − mean)²) + ε), row by row; see
 * `Backend.normalizeRows`.
 */
export function normalizeRows(
  engine: Engine,
  { x, weight, bias, epsilon, mean, scale, out }: RowNormalization,
): void {
  const columns = weight.data.length;
  const row = columns * BYTES_PER_FLOAT;
  const split = { extent: scale.data.length, grain: 1, work: 2 * ELEMENT_COST * x.data.length };
  engine.run(engine.kernels.normalizeRows, split, (from, to) => [
    engine.address(x) + from * row,
    to - from,
    columns,
    engine.address(weight),
    engine.address(bias),
    epsilon,
    ofRow(engine, mean, from),
    ofRow(engine, scale, from),
    engine.address(out) + from * row,
  ]);
}

/**
 * out = ∂loss/∂x, and the gradients of weight and bias; see `Backend.normalizeRowsBackward`. Splits by blocks
 * of rows. Then one thread adds the sums of the blocks to the gradients of weight and bias.
 */
export function normalizeRowsBackward(engine: Engine, gradient: RowNormalizationGradient): void {
  const { x, dy, weight, mean, scale, weightGradient, biasGradient, out } = gradient;
  const [rows, columns] = [scale.data.length, weight.data.length];
  const row = columns * BYTES_PER_FLOAT;
  const sums = engine.workspace(Math.ceil(rows / BLOCK_ROWS) * 2 * row, 0);
  const split = { extent: rows, grain: BLOCK_ROWS, work: 2 * ELEMENT_COST * x.data.length };
  engine.run(engine.kernels.rowInputGradient, split, (from, to) => [
    engine.address(x) + from * row,
    engine.address(dy) + from * row,
    to - from,
    columns,
    engine.address(weight),
    ofRow(engine, mean, from),
    ofRow(engine, scale, from),
    engine.address(out) + from * row,
    sums + (from / BLOCK_ROWS) * 2 * row,
  ]);
  const join = (from: number, to: Tensor): void =>
    engine.kernels.addBlocks(from, rows, columns, 2 * row, engine.address(to));
  if (weightGradient !== undefined) join(sums, weightGradient);
  if (biasGradient !== undefined) join(sums + row, biasGradient);
}

/** Returns the address of a row's number in `perRow`, or 0 if `perRow` is undefined. */
function ofRow(engine: Engine, perRow: Tensor | undefined, row: number): number {
  return perRow === undefined ? 0 : engine.address(perRow) + row * BYTES_PER_FLOAT;
}
