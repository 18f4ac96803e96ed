import { BLOCK_ROWS } from "../channel-normalization.ts";
import { sqrt } from "../math/sqrt.ts";
import {
  SUM_BLOCK_SIZE,
  type RowNormalization,
  type RowNormalizationGradient,
} from "../row-normalization.ts";
import type { Tensor } from "../tensor.ts";
import type { Round } from "./rounding.ts";

/** out = (x − μ)·r·weight + bias, row by row. See RowNormalization. */
export function normalizeRows(round: Round, normalization: RowNormalization): void {
  const { x, weight, bias, epsilon, mean, scale, out } = normalization;
  const D = weight.data.length;
  for (let row = 0; row < scale.data.length; row++) {
    const at = row * D;
    const mu = mean === undefined ? 0 : round(sum(round, D, (j) => x.data[at + j]!) / D);
    const d = (j: number): number => round(x.data[at + j]! - mu);
    const r = round(1 / sqrt(sum(round, D, (j) => round(d(j) * d(j))) / D + epsilon));
    if (mean !== undefined) mean.data[row] = mu;
    scale.data[row] = r;
    for (let j = 0; j < D; j++) {
      out.data[at + j] = round(round(round(d(j) * r) * weight.data[j]!) + bias.data[j]!);
    }
  }
}

/**
 * out = r·((g − mean(g)) − n·mean(g·n)), row by row, and the gradients of weight and bias. See
 * RowNormalizationGradient.
 */
export function normalizeRowsBackward(round: Round, gradient: RowNormalizationGradient): void {
  const { x, dy, weight, mean, scale, weightGradient, biasGradient, out } = gradient;
  const D = weight.data.length;
  const normal = (i: number): number => {
    const row = Math.floor(i / D);
    return round(round(x.data[i]! - (mean?.data[row] ?? 0)) * scale.data[row]!);
  };
  addColumns(round, (i) => round(dy.data[i]! * normal(i)), x.data.length, weightGradient);
  addColumns(round, (i) => dy.data[i]!, x.data.length, biasGradient);
  for (let row = 0; row < scale.data.length; row++) {
    const at = row * D;
    const g = (j: number): number => round(dy.data[at + j]! * weight.data[j]!);
    const common = mean === undefined ? 0 : round(sum(round, D, g) / D);
    const projection = round(sum(round, D, (j) => round(g(j) * normal(at + j))) / D);
    for (let j = 0; j < D; j++) {
      const along = round(normal(at + j) * projection);
      out.data[at + j] = round(scale.data[row]! * round(round(g(j) - common) - along));
    }
  }
}

/** Returns S(term), the sum over a row of D numbers. */
function sum(round: Round, D: number, term: (j: number) => number): number {
  let total = 0;
  for (let first = 0; first < D; first += SUM_BLOCK_SIZE) {
    const s = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let j = first; j < Math.min(first + SUM_BLOCK_SIZE, D); j++) s[j % 8] = round(s[j % 8]! + term(j));
    const even = round(round(s[0]! + s[4]!) + round(s[2]! + s[6]!));
    const odd = round(round(s[1]! + s[5]!) + round(s[3]! + s[7]!));
    total += round(even + odd);
  }
  return total;
}

/** out[j] += Σ term over the rows, block by block. */
function addColumns(
  round: Round,
  term: (i: number) => number,
  length: number,
  out: Tensor | undefined,
): void {
  if (out === undefined) return;
  const D = out.data.length;
  for (let j = 0; j < D; j++) {
    for (let first = j; first < length; first += BLOCK_ROWS * D) {
      let block = 0;
      const end = Math.min(first + BLOCK_ROWS * D, length);
      for (let i = first; i < end; i += D) block = round(block + term(i));
      out.data[j] = round(out.data[j]! + block);
    }
  }
}
