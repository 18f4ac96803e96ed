import { ShapeError, type Shape, type Window } from "@nn/tensor";
import { Type, type Static, type TObject } from "typebox";

import { sizeOrPairOption, toPair, paddingOption, computeWindow } from "./window.ts";

/** The options that all pooling layers share. */
export const poolOptions = {
  poolSize: sizeOrPairOption({
    default: 2,
    description: "Height and width of the window: one number for both, or [height, width].",
  }),
  stride: Type.Optional(
    sizeOrPairOption({
      description:
        "Stride of the window in pixels: one number for both directions, or [height, width]. " +
        "Default: poolSize, so that windows do not overlap.",
    }),
  ),
  padding: paddingOption,
};

/**
 * Returns the window of a pooling layer on images (H, W, C). Throws ShapeError if the window does not fit, or
 * if the padding is so large that a window would lie entirely outside the image.
 */
export function computePoolWindow(
  type: string,
  { poolSize, stride = poolSize, padding }: Static<TObject<typeof poolOptions>>,
  inputShape: Shape,
): Window {
  const [poolHeight, poolWidth] = toPair(poolSize);
  if (typeof padding === "number" && padding >= Math.min(poolHeight, poolWidth)) {
    throw new ShapeError(
      `${type}: padding ${padding} puts a whole window of ${poolHeight} × ${poolWidth} outside the image. ` +
        `Make it less than poolSize.`,
    );
  }
  return computeWindow(type, inputShape, { size: poolSize, stride, padding });
}

/**
 * Returns the image pixels that each window of a pool covers. Output (oy, ox) covers the rows top[oy] …
 * bottom[oy] − 1 and the columns left[ox] … right[ox] − 1.
 */
export function getCoveredPixels(window: Window) {
  const { height, kernelHeight, strideHeight, padTop, outputHeight } = window;
  const { width, kernelWidth, strideWidth, padLeft, outputWidth } = window;
  const first = (extent: number, stride: number, pad: number) =>
    Int32Array.from({ length: extent }, (_, o) => o * stride - pad);
  const rows = first(outputHeight, strideHeight, padTop);
  const columns = first(outputWidth, strideWidth, padLeft);
  return {
    top: rows.map((row) => Math.max(0, row)),
    bottom: rows.map((row) => Math.min(height, row + kernelHeight)),
    left: columns.map((column) => Math.max(0, column)),
    right: columns.map((column) => Math.min(width, column + kernelWidth)),
  };
}
