import { createRng, ShapeError } from "@nn/tensor";
import { expect, test } from "vitest";

import { drawShapes, testLayer } from "../testing.ts";
import { transformerEncoder } from "./transformer-encoder.ts";

testLayer(transformerEncoder, [
  { options: { heads: 1, hiddenUnits: 1 }, inputShape: [1, 2] },
  { options: { heads: 2, hiddenUnits: 5 }, inputShape: [3, 4] },
  { options: { heads: 3, hiddenUnits: 4, normalize: "after", causal: true }, inputShape: [3, 3] },
  { options: { heads: 1, hiddenUnits: 3, dropout: 0.3 }, inputShape: [2, 6] },
  ...drawShapes(createRng(36), 3, 1).map(([hiddenUnits, T, D]) => ({
    options: { heads: 1, hiddenUnits },
    inputShape: [Math.min(T!, 4), Math.min(D! + 1, 4)],
  })),
]);

const options = {
  heads: 2,
  hiddenUnits: 8,
  activation: "gelu",
  normalize: "before",
  causal: false,
  dropout: 0,
} as const;

test("images are rejected", () => {
  expect(() => transformerEncoder.plan(options, [28, 28, 1])).toThrow(
    "transformer-encoder: input must be a sequence (T, D), got (28, 28, 1). If these are images, put a " +
      '"patch-embedding" layer before it.',
  );
});

test.each([
  ["before", [28, 1], ', or put a "reshape" layer before it that makes fewer and longer steps'],
  ["after", [1, 1], ""],
] as const)(
  "with normalize: %s, steps of one number %j are rejected with advice about this layer",
  (normalize, shape, more) => {
    expect(() => transformerEncoder.plan({ ...options, normalize }, [...shape])).toThrow(
      new ShapeError(
        `transformer-encoder: it must normalize at least 2 numbers together, got 1 of (${shape.join(", ")}): ` +
          `the output would not depend on the input. ` +
          `Give the layer before it more units, so that each step has 2 numbers or more${more}.`,
      ),
    );
  },
);

test("counts the multiply-adds of attention and of the dense layers", () => {
  const [T, D] = [3, 4];
  const projections = T * D * 3 * D + T * D * D;
  const attention = 2 * T * T * D;
  const feedForward = 2 * T * D * 8;
  expect(transformerEncoder.plan(options, [T, D]).multiplyAdds).toBe(projections + attention + feedForward);
});
