import { countElements, type Backend, type FloatArray, type Rng, type Shape, type Tensor } from "@nn/tensor";

/**
 * Returns random numbers between −1.5 and 1.5, at least 0.1 away from each kink (where a function has no
 * derivative).
 */
export function drawAwayFromKinks(
  backend: Backend,
  shape: Shape,
  rng: Rng,
  kinks: readonly number[],
): Tensor {
  const tensor = backend.allocate(shape);
  for (let i = 0; i < tensor.data.length; i++) {
    let x: number;
    do x = 3 * rng.uniform() - 1.5;
    while (kinks.some((kink) => Math.abs(x - kink) < 0.1));
    tensor.data[i] = x;
  }
  return tensor;
}

/**
 * Returns random numbers. About 80 % of them are zero, as in an MNIST image. A fast backend may skip zeros in
 * a product.
 */
export function drawSparse(backend: Backend, shape: Shape, rng: Rng): Tensor {
  const tensor = backend.allocate(shape);
  for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = rng.integer(5) === 0 ? rng.normal() : 0;
  return tensor;
}

/** Returns `count` random shapes with `axes` axes, each extent 1 … 9. They depend only on `rng`. */
export function drawShapes(rng: Rng, axes: number, count: number): Shape[] {
  return Array.from({ length: count }, () => Array.from({ length: axes }, () => 1 + rng.integer(9)));
}

/** Returns random labels for a batch, each 0 … classes − 1. */
export function drawLabels(backend: Backend, count: number, classes: number, rng: Rng): Int32Array {
  const labels = backend.allocateIntegers(count);
  for (let n = 0; n < count; n++) labels[n] = rng.integer(classes);
  return labels;
}

/** Returns Σ term(value, i) over all numbers, in index order. */
export function sumTerms(values: FloatArray, term: (value: number, i: number) => number): number {
  let sum = 0;
  for (const [i, value] of values.entries()) sum += term(value, i);
  return sum;
}

/** Returns a copy of a tensor. */
export function copyTensor(backend: Backend, source: Tensor): Tensor {
  const copy = backend.allocate(source.shape);
  copy.data.set(source.data);
  return copy;
}

/** Returns a copy of the first `n` examples of a batch. */
export function copyFirstRows(backend: Backend, source: Tensor, n: number): Tensor {
  const copy = backend.allocate([n, ...source.shape.slice(1)]);
  copy.data.set(source.data.subarray(0, countElements(copy.shape)));
  return copy;
}

/** Named arrays of numbers, the result of a run. */
export type NamedArrays = Readonly<Record<string, FloatArray>>;

/**
 * Describes the differences between two runs in lines such as `y[3]: 0.1 and 0.2`, at most one per name.
 * Returns an empty array if all numbers have the same bits (0 and −0 differ, NaN equals NaN).
 */
export function describeDifferences(a: NamedArrays, b: NamedArrays): string[] {
  const lines: string[] = [];
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [left, right] = [a[name], b[name]];
    if (left?.length !== right?.length) {
      lines.push(`${name}: ${left?.length} and ${right?.length} numbers`);
      continue;
    }
    const i = left?.findIndex((value, index) => !Object.is(value, right?.[index])) ?? -1;
    if (i >= 0) lines.push(`${name}[${i}]: ${left?.[i]} and ${right?.[i]}`);
  }
  return lines;
}
