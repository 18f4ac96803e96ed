import { formatShape, ShapeError, type Shape } from "@nn/tensor";

/** Height, width and channels of one example that must be an image; `type` is the layer that says so. */
export function imageShape(type: string, inputShape: Shape): [H: number, W: number, C: number] {
  const [H, W, C] = inputShape;
  if (inputShape.length !== 3 || H === undefined || W === undefined || C === undefined) {
    const advice =
      inputShape.length === 1
        ? `Put this layer before the "flatten", which gives up rows and columns.`
        : `A "reshape" layer before it can make images of them.`;
    throw new ShapeError(
      `${type}: input must be images (H, W, C), got ${formatShape(inputShape)}. ${advice}`,
    );
  }
  return [H, W, C];
}
