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

// Strict arithmetic leaves no room: every kernel is held to the bytes of the readable reference.
export const wasm = createWasmBackend();
const reference = createReferenceBackend("float32");

/** Shapes around the kernels' tiles (4 rows, 16 and 64 columns, 8 lanes): full ones, edges and remainders. */
export const extent = fc.oneof(
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

/** Numbers of many sizes, zeros of both signs among them. */
export function draw(backend: Backend, shape: Shape, rngSeed: number, zeros = 0.1): Tensor {
  const tensor = backend.allocate(shape);
  const rng = createRng(rngSeed).fork(shape.join());
  for (let i = 0; i < tensor.data.length; i++) {
    const scale = [1e-3, 1, 1, 1, 30][rng.integer(5)]!;
    tensor.data[i] = rng.uniform() < zeros ? (rng.uniform() < 0.2 ? -0 : 0) : rng.normal() * scale;
  }
  return tensor;
}

function bytes({ data }: Tensor): string {
  return Buffer.from(Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))).toString(
    "hex",
  );
}

/** Runs the same work on both backends and compares what it returns, byte by byte; frees what it allocated. */
export function sameBytes(work: (backend: Backend) => readonly (Tensor | number)[]): void {
  const release = wasm.mark();
  const results = [wasm, reference].map((backend) =>
    work(backend).map((result) => (typeof result === "number" ? result : bytes(result))),
  );
  release();
  expect(results[0]).toEqual(results[1]);
}
