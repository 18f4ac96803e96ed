import { exp } from "../math/exp.ts";
import { log } from "../math/log.ts";
import type { Tensor } from "../tensor.ts";
import { countColumns, countRows } from "./matrix.ts";
import type { Round } from "./rounding.ts";

/**
 * loss = mean of −log p[label] with p = softmax(x); ∂loss/∂x = (p − onehot(label)) / N. Subtracting the row's
 * maximum first does not change p, and prevents e^x from overflowing. logits (N, C), gradient (N, C).
 */
export function softmaxCrossEntropy(
  round: Round,
  logits: Tensor,
  labels: Int32Array,
  gradient: Tensor,
): number {
  const N = countRows(logits);
  const C = countColumns(logits);
  const x = logits.data;
  const dx = gradient.data;
  let total = 0;
  for (let n = 0; n < N; n++) {
    const row = n * C;
    const label = row + labels[n]!;

    let largest = x[row]!;
    for (let i = row + 1; i < row + C; i++) if (x[i]! > largest) largest = x[i]!;

    let sum = 0;
    for (let i = row; i < row + C; i++) {
      const e = round(exp(round(x[i]! - largest)));
      dx[i] = e; // kept here until the sum is known
      sum = round(sum + e);
    }
    total += log(sum) - round(x[label]! - largest);

    for (let i = row; i < row + C; i++) {
      const p = round(dx[i]! / sum);
      dx[i] = round(round(p - (i === label ? 1 : 0)) / N);
    }
  }
  return total / N;
}

/**
 * loss = mean of (y − t)² with t = onehot(label); ∂loss/∂y = 2·(y − t) / (N·C). outputs (N, C), gradient (N,
 * C).
 */
export function meanSquaredError(
  round: Round,
  outputs: Tensor,
  labels: Int32Array,
  gradient: Tensor,
): number {
  const N = countRows(outputs);
  const C = countColumns(outputs);
  const factor = round(2 / (N * C));
  let total = 0;
  for (let n = 0; n < N; n++) {
    for (let j = 0; j < C; j++) {
      const difference = round(outputs.data[n * C + j]! - (j === labels[n] ? 1 : 0));
      gradient.data[n * C + j] = round(factor * difference);
      total += difference * difference;
    }
  }
  return total / (N * C);
}

/**
 * Returns the number of rows whose largest number is at the index of the label. Ties go to the smaller index.
 * A row with a NaN counts as wrong.
 */
export function countCorrect(outputs: Tensor, labels: Int32Array): number {
  const N = countRows(outputs);
  const C = countColumns(outputs);
  let correct = 0;
  for (let n = 0; n < N; n++) {
    const row = outputs.data.subarray(n * C, (n + 1) * C);
    let best = 0;
    for (let j = 1; j < C; j++) if (row[j]! > row[best]!) best = j;
    if (best === labels[n] && !row.some(Number.isNaN)) correct++;
  }
  return correct;
}
