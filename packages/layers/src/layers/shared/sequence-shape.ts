import { formatShape, ShapeError, type Shape } from "@nn/tensor";

/**
 * Returns T and D of one example, a sequence (T, D). Throws ShapeError for any other shape. The message ends
 * with `advice`.
 */
export function getSequenceShape(
  type: string,
  inputShape: Shape,
  advice = `If these are images, put a "reshape" layer before it that makes rows the time steps: shape [28, 28].`,
): { readonly T: number; readonly D: number } {
  const [T, D] = inputShape;
  if (inputShape.length !== 2 || T === undefined || D === undefined) {
    throw new ShapeError(
      `${type}: input must be a sequence (T, D), got ${formatShape(inputShape)}. ${advice}`,
    );
  }
  return { T, D };
}
