import { formatShape, sameShape, sizeOf, type Shape, type Tensor } from "@nn/tensor";

import type { Layer, Parameter, ForwardContext, Buffer } from "../definition.ts";
import { LayerError } from "./layer-error.ts";

// A layer of one's own may not do what its plan says, and numbers in the wrong shape still are numbers: they
// would train. So the first pass of a model looks at what each layer gives; the others trust.

/** A layer of a model, with its parameters, its buffers and the shapes of its plan (without N). */
export interface BuiltLayer {
  readonly type: string;
  readonly layer: Layer;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly needsInputGradient: boolean;
  readonly parameters: readonly Parameter[];
  readonly state: readonly Buffer[];
}

/** The outputs of the last layer. Throws LayerError for the first whose output is not what its plan says. */
export function checkedForward(built: readonly BuiltLayer[], x: Tensor, pass: ForwardContext): Tensor {
  const N = x.shape[0]!;
  for (const [index, { type, layer, outputShape }] of built.entries()) {
    x = layer.forward(x, pass);
    expectShape(index, `${type}: forward`, x, [N, ...outputShape]);
  }
  return x;
}

/**
 * Down through the last `count` layers. Throws LayerError for the first whose gradient has not the shape of
 * its input.
 */
export function checkedBackward(
  built: readonly BuiltLayer[],
  count: number,
  dy: Tensor,
  pass: ForwardContext,
): void {
  const N = dy.shape[0]!;
  const first = built.length - count;
  for (const [index, { type, layer, inputShape, needsInputGradient }] of [...built.entries()].toReversed()) {
    if (index < first) return;
    dy = layer.backward(dy, pass);
    if (needsInputGradient) expectShape(index, `${type}: backward`, dy, [N, ...inputShape]);
  }
}

function expectShape(index: number, who: string, got: Tensor, expected: Shape): void {
  if (!isTensor(got)) {
    throw new LayerError(index, `${who} returned no tensor. Let it return one.`);
  }
  if (sameShape(got.shape, expected) && got.data.length === sizeOf(expected)) return;
  throw new LayerError(
    index,
    `${who} gave ${formatShape(got.shape)} with ${got.data.length} numbers, its plan says ${formatShape(expected)}.`,
  );
}

/** The compiler has seen no file of one's own. */
function isTensor(value: unknown): boolean {
  return typeof value === "object" && value !== null && "shape" in value && "data" in value;
}
