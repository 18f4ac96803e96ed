import { isPromise } from "@nn/catalog";
import { formatShape, isSameShape, countElements, type Shape, type Tensor } from "@nn/tensor";

import { LayerError, type LayerPath } from "./layer-error.ts";

// A custom layer may not match its plan. A tensor of the wrong shape would not always cause an error, so the
// shapes of the returned tensors are checked in the first pass.

/**
 * Throws LayerError unless `got` is a tensor of the `expected` shape. `who` names the function that returned
 * it, such as "swish: forward". `path` is the path of the layer.
 */
export function expectShape(path: LayerPath, who: string, got: Tensor, expected: Shape): void {
  if (!isTensor(got)) {
    const found = isPromise(got) ? "a promise" : "no tensor";
    throw new LayerError(path, `${who} returned ${found}. It must return a tensor.`);
  }
  if (isSameShape(got.shape, expected) && got.data.length === countElements(expected)) return;
  throw new LayerError(
    path,
    `${who} gave ${formatShape(got.shape)} with ${got.data.length} numbers, ` +
      `but its plan says ${formatShape(expected)}.`,
  );
}

/** Returns whether a value has the fields of a tensor. Custom files are not type-checked. */
function isTensor(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "shape" in value &&
    "data" in value &&
    typeof value.data === "object"
  );
}
