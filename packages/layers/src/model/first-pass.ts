import { formatShape, sameShape, sizeOf, type Shape, type Tensor } from "@nn/tensor";

import { LayerError, type LayerPath } from "./layer-error.ts";

// A custom layer may not do what its plan says, and numbers in the wrong shape still are numbers: they
// would train. So the first pass looks at what each layer gives; the others trust.

/**
 * Throws LayerError where `got` is not a tensor of the `expected` shape. `who`: what gave it, such as
 * "swish: forward"; `path`: the place of the layer.
 */
export function expectShape(path: LayerPath, who: string, got: Tensor, expected: Shape): void {
  if (!isTensor(got)) {
    throw new LayerError(path, `${who} returned no tensor. Let it return one.`);
  }
  if (sameShape(got.shape, expected) && got.data.length === sizeOf(expected)) return;
  throw new LayerError(
    path,
    `${who} gave ${formatShape(got.shape)} with ${got.data.length} numbers, its plan says ${formatShape(expected)}.`,
  );
}

/** The compiler has not seen custom files. */
function isTensor(value: unknown): boolean {
  return typeof value === "object" && value !== null && "shape" in value && "data" in value;
}
