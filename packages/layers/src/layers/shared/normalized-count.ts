import { formatShape, ShapeError, type Shape } from "@nn/tensor";

/**
 * Throws ShapeError if a layer would normalize a single number. The result would be 0 for every input (or the
 * sign, if no mean is subtracted), so the layers before it could not learn. `advice` states what to change,
 * in full sentences.
 */
export function requireNormalizedCount(
  type: string,
  numbers: number,
  inputShape: Shape,
  advice: string,
): void {
  if (numbers > 1) return;
  throw new ShapeError(
    `${type}: it must normalize at least 2 numbers together, got 1 of ${formatShape(inputShape)}: ` +
      `the output would not depend on the input. ${advice}`,
  );
}
