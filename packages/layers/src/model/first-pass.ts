import { formatShape, sameShape, sizeOf, type Shape, type Tensor } from "@nn/tensor";

import { LayerError, type LayerPath } from "./layer-error.ts";

// A custom layer may not do what its plan says. Numbers in the wrong shape would train without an error, so
// the first pass checks what each layer returns. Later passes do not check.

/**
 * Throws LayerError unless `got` is a tensor of the `expected` shape. `who`: what returned it, such as
 * "swish: forward"; `path`: the path of the layer.
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

/** Needed because custom files are not type-checked. */
function isTensor(value: unknown): boolean {
  return typeof value === "object" && value !== null && "shape" in value && "data" in value;
}
