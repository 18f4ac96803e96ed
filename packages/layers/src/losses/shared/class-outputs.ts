import { formatShape, ShapeError, type Shape } from "@nn/tensor";

/**
 * Throws ShapeError unless the network's output is one number per class, (C). The message begins with `loss`.
 */
export function checkClassOutputs(loss: string, outputShape: Shape, classes: number): void {
  if (outputShape.length === 1 && outputShape[0] === classes) return;
  const remedy =
    outputShape.length === 1
      ? `Give the last dense layer "units: ${classes}".`
      : `End the network with a "flatten" layer and a "dense" layer with "units: ${classes}".`;
  throw new ShapeError(
    `${loss}: the network's output must be (${classes}), one number for each class, ` +
      `got ${formatShape(outputShape)}. ${remedy}`,
  );
}
