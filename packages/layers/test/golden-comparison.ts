import { relativeError } from "@nn/layers/testing";
import type { Backend } from "@nn/tensor";

import { exact, fastBackends, reference } from "../src/testing/backends.ts";
import type { Numbers } from "../src/testing/numbers.ts";

/**
 * What the numbers of a layer are held to. In float64 those below a thousandth of the largest of their array
 * count as that.
 */
export const settings: readonly { readonly backend: Backend; readonly tolerance: number }[] = [
  { backend: exact, tolerance: 1e-10 },
  ...[reference, ...fastBackends].map((backend) => ({ backend, tolerance: 1e-5 })),
];

/** Each number is compared by itself, however small; it only keeps 0 / 0 away. */
const BY_ITSELF = 1e-12;

/**
 * Where one number by itself cannot be held to 1e-5 in float32, because terms cancel and what is left is
 * their rounding: a number smaller than this share of the largest of its array counts as that share. By
 * layer, then by what is compared.
 */
export const floors: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // 1 − y, 1 − y² and y − Σ next to a y that is nearly 1.
  sigmoid: { dx: 1e-2 },
  tanh: { dx: 2e-2 },
  softmax: { dx: 1e-2 },
  // 1 + tanh near −1: far out in its tail PyTorch's float64 has 1e-13 of the largest, ours 0.
  gelu: { y: 1e-9, dx: 1e-9 },
  // A sum of three terms of which two are means of the others.
  "group-norm": { dx: 5e-2 },
  // Sums over all time steps that happen to cancel: five of the numbers stored.
  "simple-rnn": { dweight: 1e-2 },
  lstm: { dweight: 1e-2, drecurrentWeight: 1e-2 },
  gru: { drecurrentWeight: 2e-2 },
  // What is added to every key alike moves no softmax: the gradient of that bias is 0, and both sides have
  // roundings of 0.
  "multi-head-attention": { "dqkv.weight": 1e-2, "dqkv.bias": 1e-1 },
  // With "after" what comes down passes two norms, each of which takes its mean away. In steps of three
  // numbers little is left.
  "transformer-encoder": {
    y: 1e-2,
    dx: 0.5,
    "dattention.qkv.weight": 0.5,
    "dattention.qkv.bias": 1,
    "dattention.output.weight": 0.5,
    "dattention.output.bias": 0.5,
    "dcontract.weight": 0.5,
  },
  // Its numbers are few, so ninths of them often cancel to 0, and both sides have roundings of 0.
  "average-pool2d": { dx: 1e-2 },
};

/** Which of our arrays are not PyTorch's, and by how much: none when all agree. */
export function disagreements(
  type: string,
  ours: Numbers,
  seen: Readonly<Record<string, readonly number[]>>,
  { backend, tolerance }: (typeof settings)[number],
): { readonly name: string; readonly error: number }[] {
  return Object.entries(seen).flatMap(([name, theirs]) => {
    const mine = ours[name];
    if (mine === undefined || mine.length !== theirs.length) return [{ name, error: Infinity }];
    const floor = backend.precision === "float64" ? 1e-3 : (floors[type]?.[name] ?? BY_ITSELF);
    const error = relativeError(mine, Float64Array.from(theirs), floor);
    return error < tolerance ? [] : [{ name, error }];
  });
}
