import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { drawShapes, testLayer } from "../testing.ts";
import { globalAveragePool2d } from "./global-average-pool2d.ts";

testLayer(
  globalAveragePool2d,
  [[1, 1, 1], [7, 7, 3], ...drawShapes(createRng(4), 3, 3)].map((inputShape) => ({ inputShape })),
);

test("returns one number per channel, the input shape of a dense layer", () => {
  expect(globalAveragePool2d.plan({}, [7, 5, 64]).outputShape).toEqual([64]);
});

test("input that is not an image is rejected", () => {
  expect(() => globalAveragePool2d.plan({}, [64])).toThrow(
    "global-average-pool2d: input must be images (H, W, C), got (64).",
  );
});
