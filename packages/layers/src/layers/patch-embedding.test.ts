import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { drawShapes, testLayer } from "../testing.ts";
import { patchEmbedding } from "./patch-embedding.ts";

testLayer(patchEmbedding, [
  { options: { patchSize: 1, units: 1 }, inputShape: [1, 1, 1] },
  { options: { patchSize: 2, units: 5 }, inputShape: [4, 6, 3] },
  { options: { patchSize: 3, units: 2, bias: false }, inputShape: [3, 9, 1] },
  ...drawShapes(createRng(35), 4, 2).map(([patchSize, rows, columns, C]) => ({
    options: { patchSize: Math.min(patchSize!, 3), units: 3 },
    inputShape: [
      Math.min(patchSize!, 3) * Math.min(rows!, 3),
      Math.min(patchSize!, 3) * Math.min(columns!, 3),
      C!,
    ],
  })),
]);

test("input that is not an image, and patches that do not fill the image, are rejected", () => {
  const options = { patchSize: 5, units: 3, bias: true };
  expect(() => patchEmbedding.plan(options, [784])).toThrow(
    "patch-embedding: input must be images (H, W, C), got (784).",
  );
  expect(() => patchEmbedding.plan(options, [28, 28, 1])).toThrow(
    "patch-embedding: patches of 5 × 5 do not divide images of 28 × 28 evenly.",
  );
});
