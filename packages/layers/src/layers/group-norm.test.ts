import { createRng, ShapeError } from "@nn/tensor";
import { expect, test } from "vitest";

import { drawShapes, testLayer } from "../testing.ts";
import { groupNorm } from "./group-norm.ts";

testLayer(groupNorm, [
  { options: { groups: 2 }, inputShape: [6] },
  { options: { groups: 3 }, inputShape: [3, 5, 6] },
  { options: { groups: 4, affine: false }, inputShape: [2, 3, 4] },
  { options: { groups: 1, epsilon: 0.1 }, inputShape: [5, 3, 3] },
  ...drawShapes(createRng(5), 3, 2).map((inputShape) => ({
    options: { groups: inputShape[2] },
    inputShape,
  })),
]);

test("a number of channels that the groups do not divide is rejected with advice", () => {
  expect(() => groupNorm.plan({ groups: 4, epsilon: 1e-5, affine: true }, [7, 7, 6])).toThrow(
    new ShapeError(
      "group-norm: the last axis must be a multiple of 4 channels, got (7, 7, 6). " +
        'Set "groups" to a number that divides 6.',
    ),
  );
});

test("groups of one number are rejected with advice, and groups of two are accepted", () => {
  expect(() => groupNorm.plan({ groups: 6, epsilon: 1e-5, affine: true }, [1, 1, 6])).toThrow(
    new ShapeError(
      "group-norm: it must normalize at least 2 numbers together, got 1 of (1, 1, 6): " +
        "the output would not depend on the input. " +
        'Each of 6 groups has one. Set "groups" to a smaller number that divides 6.',
    ),
  );
  expect(() => groupNorm.plan({ groups: 1, epsilon: 1e-5, affine: true }, [1])).toThrow(
    /input\. Each of 1 groups has one\.$/,
  );
  expect(groupNorm.plan({ groups: 6, epsilon: 1e-5, affine: true }, [1, 2, 6]).outputShape).toEqual([
    1, 2, 6,
  ]);
});
