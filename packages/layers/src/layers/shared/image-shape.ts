import { formatShape, ShapeError, type Shape } from "@nn/tensor";

/**
 * Returns the height, the width and the number of channels of one example. Throws ShapeError if the example
 * is not an image. The message begins with the layer's `type`.
 */
export function getImageShape(type: string, inputShape: Shape): [H: number, W: number, C: number] {
  const [H, W, C] = inputShape;
  if (inputShape.length !== 3 || H === undefined || W === undefined || C === undefined) {
    const advice =
      inputShape.length === 1
        ? 'Put this layer before the one that removes rows and columns, such as "flatten" or a global pooling.'
        : `A "reshape" layer before it can make images of them.`;
    throw new ShapeError(
      `${type}: input must be images (H, W, C), got ${formatShape(inputShape)}. ${advice}`,
    );
  }
  return [H, W, C];
}
