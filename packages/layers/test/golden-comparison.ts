import { computeRelativeError } from "@nn/layers/testing";
import type { Backend } from "@nn/tensor";

import { float64ReferenceBackend, fastBackends, referenceBackend } from "../src/testing/backends.ts";
import type { NamedArrays } from "../src/testing/numbers.ts";

/**
 * The backends and tolerances for comparing a layer with PyTorch. In float64, a number below 1/1000 of the
 * largest number of its array is compared relative to that 1/1000.
 */
export const goldenSettings: readonly { readonly backend: Backend; readonly tolerance: number }[] = [
  { backend: float64ReferenceBackend, tolerance: 1e-10 },
  ...[referenceBackend, ...fastBackends].map((backend) => ({ backend, tolerance: 1e-5 })),
];

/** A floor so small that each number is compared relative to itself. It only prevents the division 0 / 0. */
const BY_ITSELF = 1e-12;

/**
 * Exceptions for float32, by layer and array. Where terms cancel, the difference is mostly rounding error, so
 * a single number cannot agree to 1e-5. A number below this share of the largest number of its array is
 * compared relative to that share.
 */
export const toleranceExceptions: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // 1 − y, 1 − y² and y − Σ cancel if y is nearly 1.
  sigmoid: { dx: 1e-2 },
  tanh: { dx: 2e-2 },
  softmax: { dx: 1e-2 },
  // 1 + tanh cancels if tanh is nearly −1. Far in the tail, PyTorch's float64 returns 1e-13 of the largest
  // number, this code 0.
  gelu: { y: 1e-9, dx: 1e-9 },
  // A sum of three terms, two of which are means of the others.
  "group-norm": { dx: 5e-2 },
  // Sums over all time steps that cancel by chance: five of the stored numbers.
  "simple-rnn": { dweight: 1e-2 },
  lstm: { dweight: 1e-2, drecurrentWeight: 1e-2 },
  gru: { drecurrentWeight: 2e-2 },
  // A number added to every key does not change the softmax, so the gradient of that bias is 0. Both sides
  // have rounding errors around 0.
  "multi-head-attention": { "dqkv.weight": 1e-2, "dqkv.bias": 1e-1 },
  // With "after", gradients pass two norms, each of which subtracts its mean. With three numbers per step,
  // most of the gradient cancels.
  "transformer-encoder": {
    y: 1e-2,
    dx: 0.5,
    "dattention.qkv.weight": 0.5,
    "dattention.qkv.bias": 1,
    "dattention.output.weight": 0.5,
    "dattention.output.bias": 0.5,
    "dcontract.weight": 0.5,
  },
  // dy has few distinct values, so sums of dy / 9 often cancel to 0. Both sides have rounding errors around
  // 0.
  "average-pool2d": { dx: 1e-2 },
};

/** Returns the arrays that differ from PyTorch's, with their errors. Returns an empty array if all agree. */
export function findDisagreements(
  type: string,
  ours: NamedArrays,
  seen: Readonly<Record<string, readonly number[]>>,
  { backend, tolerance }: (typeof goldenSettings)[number],
): { readonly name: string; readonly error: number }[] {
  return Object.entries(seen).flatMap(([name, theirs]) => {
    const mine = ours[name];
    if (mine === undefined || mine.length !== theirs.length) return [{ name, error: Infinity }];
    const floor = backend.precision === "float64" ? 1e-3 : (toleranceExceptions[type]?.[name] ?? BY_ITSELF);
    const error = computeRelativeError(mine, Float64Array.from(theirs), floor);
    return error < tolerance ? [] : [{ name, error }];
  });
}
