import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { drawShapes, testLayer } from "../testing.ts";
import { positionEmbedding } from "./position-embedding.ts";

testLayer(positionEmbedding, [
  { inputShape: [1, 1] },
  { inputShape: [5, 3] },
  ...drawShapes(createRng(34), 2, 3).map((inputShape) => ({ inputShape })),
]);

test("images are rejected", () => {
  expect(() => positionEmbedding.plan({}, [28, 28, 1])).toThrow(
    "position-embedding: input must be a sequence (T, D), got (28, 28, 1). If these are images, put a " +
      '"patch-embedding" layer before it.',
  );
});
