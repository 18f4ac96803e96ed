// Backends and tensors for the tests of this folder.

import type { Backend } from "../backend.ts";
import { createRng } from "../rng.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { createReferenceBackend } from "./reference-backend.ts";

/** The reference backend in float32. */
export const float32Backend = createReferenceBackend("float32");
/** The reference backend in float64. */
export const float64Backend = createReferenceBackend("float64");

/** Returns a tensor of these values in row-major order. */
export function tensor(backend: Backend, shape: Shape, values: Iterable<number>): Tensor {
  const result = backend.allocate(shape);
  result.data.set([...values]);
  return result;
}

/** Returns a tensor of standard normal numbers; the same seed gives the same numbers. */
export function randomNormal(backend: Backend, shape: Shape, seed: number): Tensor {
  const rng = createRng(seed);
  const result = backend.allocate(shape);
  for (let i = 0; i < result.data.length; i++) result.data[i] = rng.normal();
  return result;
}
