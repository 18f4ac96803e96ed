import { ShapeError, type Shape, type Window } from "@nn/tensor";
import { Type, type Static, type TSchemaOptions } from "typebox";

import { getImageShape } from "./image-shape.ts";

/** Returns the schema of an option that is one number for both directions, or [height, width]. */
export function sizeOrPairOption(options: TSchemaOptions) {
  const extent = Type.Integer({ minimum: 1 });
  return Type.Union([extent, Type.Array(extent, { minItems: 2, maxItems: 2 })], options);
}

/** The option `padding` of convolutions and pools. */
export const paddingOption = Type.Union([Type.Enum(["valid", "same"]), Type.Integer({ minimum: 0 })], {
  default: "valid",
  description:
    'Zeros around the image. "valid": none. "same": enough for ⌈size / stride⌉ outputs, ' +
    "as in Keras; an odd row or column is added below or to the right. A number: rows and columns per side, " +
    "as in PyTorch.",
});

/** The options of a window, as in an experiment file. */
export interface WindowOptions {
  /** Height and width of the window. */
  readonly size: number | readonly number[];
  readonly stride: number | readonly number[];
  readonly padding: Static<typeof paddingOption>;
  readonly dilation?: number | readonly number[];
}

/**
 * Returns the window on images (H, W, C). Throws ShapeError if the window does not fit into the images. The
 * message begins with the layer's `type`.
 */
export function computeWindow(type: string, inputShape: Shape, options: WindowOptions): Window {
  const [height, width] = getImageShape(type, inputShape);
  const [kernelHeight, kernelWidth] = toPair(options.size);
  const [strideHeight, strideWidth] = toPair(options.stride);
  const [dilationHeight, dilationWidth] = toPair(options.dilation ?? 1);
  const rows = placeAxis(height, kernelHeight, strideHeight, dilationHeight, options.padding);
  const columns = placeAxis(width, kernelWidth, strideWidth, dilationWidth, options.padding);
  if (rows.outputs < 1 || columns.outputs < 1) {
    throw new ShapeError(
      `${type}: a window of ${rows.reach} × ${columns.reach} pixels does not fit into images of ` +
        `${height} × ${width} with padding ${options.padding}. Make the window smaller, or set padding: same.`,
    );
  }
  return {
    height,
    width,
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    dilationHeight,
    dilationWidth,
    padTop: rows.before,
    padLeft: columns.before,
    outputHeight: rows.outputs,
    outputWidth: columns.outputs,
  };
}

/** Returns [height, width] of an option that can be one number for both. */
export function toPair(option: number | readonly number[]): [height: number, width: number] {
  return typeof option === "number" ? [option, option] : [option[0]!, option[1]!];
}

/**
 * Computes the window along one axis. `reach` is the number of pixels from the first weight to the last,
 * inclusive. `before` is the number of zeros above or to the left of the image.
 *
 *     valid, number p   outputs = ⌊(extent + 2p − reach) / stride⌋ + 1, p 0 for valid
 *     same              outputs = ⌈extent / stride⌉, with the fewest zeros for this number;
 *                       half of them before, rounded down
 *
 * "same" follows TensorFlow and Keras. PyTorch's padding is symmetric, so it cannot express an odd number of
 * zeros.
 */
function placeAxis(
  extent: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: WindowOptions["padding"],
): { reach: number; before: number; outputs: number } {
  const reach = (kernel - 1) * dilation + 1;
  if (padding === "same") {
    const outputs = Math.ceil(extent / stride);
    const zeros = Math.max(0, (outputs - 1) * stride + reach - extent);
    return { reach, before: Math.floor(zeros / 2), outputs };
  }
  const before = padding === "valid" ? 0 : padding;
  return { reach, before, outputs: Math.floor((extent + 2 * before - reach) / stride) + 1 };
}
