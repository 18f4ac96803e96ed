import { createRng, ShapeError } from "@nn/tensor";
import { expect, test } from "vitest";

import { drawShapes, testLayer } from "../testing.ts";
import { layerNorm } from "./layer-norm.ts";

testLayer(layerNorm, [
  { inputShape: [7] },
  { options: { axes: 2, affine: false }, inputShape: [4, 4, 3] },
  { options: { axes: 3, epsilon: 0.1 }, inputShape: [3, 2, 5] },
  ...drawShapes(createRng(5), 2, 3).map((inputShape) => ({ inputShape })),
]);

test("more axes than the input has are rejected with advice", () => {
  expect(() => layerNorm.plan({ axes: 3, epsilon: 1e-5, affine: true }, [4, 5])).toThrow(
    new ShapeError('layer-norm: input must have 3 axes or more, got (4, 5). Set "axes" to 2 or less.'),
  );
});

test("one number is rejected with advice, and two are accepted", () => {
  const options = { axes: 1, epsilon: 1e-5, affine: true };
  expect(() => layerNorm.plan(options, [28, 1])).toThrow(
    new ShapeError(
      "layer-norm: it must normalize at least 2 numbers together, got 1 of (28, 1): " +
        "the output would not depend on the input. " +
        'Set "axes" to a larger number, so that more axes are normalized together.',
    ),
  );
  expect(() => layerNorm.plan(options, [1])).toThrow("Leave it out, or give the layer before it more units.");
  expect(layerNorm.plan({ ...options, axes: 2 }, [2, 1]).outputShape).toEqual([2, 1]);
});
