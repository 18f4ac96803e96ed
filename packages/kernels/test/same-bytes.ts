import {
  createReferenceBackend,
  createRng,
  type Activation,
  type Backend,
  type Shape,
  type Tensor,
} from "@nn/tensor";
import fc from "fast-check";
import { expect } from "vitest";

import { createWasmBackend } from "../src/create.ts";

// Arithmetic is strict: the results of every kernel must have the same bytes as those of the reference
// backend.
export const wasmBackend = createWasmBackend();
const reference = createReferenceBackend("float32");

/** Sizes around the kernels' tiles (4 rows, 16 and 64 columns, 8 lanes): full tiles, edges and remainders. */
export const axisSize = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.constantFrom(15, 16, 17, 31, 32, 63, 64, 65, 80, 100, 130),
);
export const seed = fc.integer({ min: 0, max: 2 ** 31 });
export const activations: (Activation | undefined)[] = [
  undefined,
  { kind: "relu" },
  { kind: "leaky-relu", slope: 0.01 },
  { kind: "sigmoid" },
  { kind: "tanh" },
];
export const anyActivation = fc.constantFrom(...activations);
export const someActivation = fc.constantFrom(...activations.flatMap((activation) => activation ?? []));

/** The operations of a backend that compute, without its properties and its memory management. */
export type Operation = Exclude<
  keyof Backend,
  | "name"
  | "precision"
  | "allocate"
  | "allocateIntegers"
  | "allocateBytes"
  | "mark"
  | "createSparsityPattern"
  | "prepareConvolution"
>;

/** Runs one or a few related operations, and returns everything that they wrote. */
export type OperationCase = (backend: Backend, draw: DrawTensor) => readonly (Tensor | number)[];
export type DrawTensor = (shape: Shape, rngSeed: number, zeros?: number) => Tensor;

/**
 * Tests of an operation by name. fast-check draws an `OperationCase` with random shapes;
 * src/operations.test.ts runs it.
 */
export type OperationCases = {
  readonly [O in Operation]?: Readonly<Record<string, fc.Arbitrary<OperationCase>>>;
};

/** Draws numbers of many magnitudes, including zeros of both signs. */
export function drawTensor(backend: Backend, shape: Shape, rngSeed: number, zeros = 0.1): Tensor {
  const tensor = backend.allocate(shape);
  const rng = createRng(rngSeed).fork(shape.join());
  for (let i = 0; i < tensor.data.length; i++) {
    const scale = [1e-3, 1, 1, 1, 30][rng.integer(5)]!;
    tensor.data[i] = rng.uniform() < zeros ? (rng.uniform() < 0.2 ? -0 : 0) : rng.normal() * scale;
  }
  return tensor;
}

/** Like `drawTensor`, but some numbers are NaN, infinite, very large or very small. */
export function drawExtremes(backend: Backend, shape: Shape, rngSeed: number, zeros?: number): Tensor {
  const tensor = drawTensor(backend, shape, rngSeed, zeros);
  const rng = createRng(rngSeed).fork("extremes");
  const extremes = [NaN, Infinity, -Infinity, 3.4e38, -3.4e38, 1e-45, -1e-45];
  for (let count = rng.integer(3); count > 0; count--) {
    tensor.data[rng.integer(tensor.data.length)] = extremes[rng.integer(extremes.length)]!;
  }
  return tensor;
}

/**
 * Returns the bytes as hexadecimal digits. All NaNs are treated as equal, because their bits are not
 * specified.
 */
function bytes({ data }: Tensor): string {
  const copy = data.map((value) => (Number.isNaN(value) ? NaN : value));
  return Buffer.from(copy.buffer, copy.byteOffset, copy.byteLength).toString("hex");
}

/**
 * Wraps a backend so that new buffers contain `leftover` instead of zeros. The results then differ from the
 * other backend if an operation does not write all of them, or adds to them instead of overwriting.
 */
function withLeftovers(
  backend: Backend,
  leftover: { readonly float: number; readonly whole: number },
): Backend {
  const allocations = {
    allocate(shape: Shape): Tensor {
      const tensor = backend.allocate(shape);
      tensor.data.fill(leftover.float);
      return tensor;
    },
    allocateIntegers: (length: number) => backend.allocateIntegers(length).fill(leftover.whole),
    allocateBytes: (length: number) => backend.allocateBytes(length).fill(leftover.whole),
  };
  return new Proxy(backend, {
    get(target, name) {
      if (name in allocations) return Reflect.get(allocations, name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Runs the same work on both backends and compares the results byte by byte. Frees what it allocated. */
export function expectSameBytes(
  work: OperationCase,
  drawing: typeof drawTensor = drawTensor,
  fast: Backend = wasmBackend,
): void {
  const release = fast.mark();
  const backends = [
    withLeftovers(fast, { float: NaN, whole: 201 }),
    withLeftovers(reference, { float: 1e30, whole: 99 }),
  ];
  const results = backends.map((backend) =>
    work(backend, (...of) => drawing(backend, ...of)).map((result) =>
      typeof result === "number" ? result : bytes(result),
    ),
  );
  release();
  expect(results[0]).toEqual(results[1]);
}
