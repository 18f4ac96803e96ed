import { formatShape, ShapeError, type Shape } from "@nn/tensor";

/**
 * Throws ShapeError for a norm over one number. Such a norm gives 0 for every input (without a mean, the
 * sign), and the layers before it could not learn. `advice`: what to change, in whole sentences.
 */
export function refuseSingleNumber(type: string, numbers: number, inputShape: Shape, advice: string): void {
  if (numbers > 1) return;
  throw new ShapeError(
    `${type}: it must normalize at least 2 numbers together, got 1 of ${formatShape(inputShape)}: ` +
      `nothing of the input would be left. ${advice}`,
  );
}
