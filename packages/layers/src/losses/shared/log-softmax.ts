import { exp, log, type FloatArray } from "@nn/tensor";

/**
 * out = log softmax(x) in float64, for the `out.length` numbers of x that begin at index `start`: log p = z −
 * log Σ e^z with z = x − max. Subtracting the maximum avoids overflow and does not change the result. The sum
 * runs in index order.
 */
export function logSoftmax(x: FloatArray, start: number, out: Float64Array): void {
  let largest = x[start]!;
  for (let c = 1; c < out.length; c++) if (x[start + c]! > largest) largest = x[start + c]!;

  let sum = 0;
  for (let c = 0; c < out.length; c++) {
    out[c] = x[start + c]! - largest;
    sum += exp(out[c]!);
  }
  const logSum = log(sum);
  for (let c = 0; c < out.length; c++) out[c] = out[c]! - logSum;
}
