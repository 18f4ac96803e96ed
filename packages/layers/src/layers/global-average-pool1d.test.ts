import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { drawShapes, testLayer } from "../testing.ts";
import { globalAveragePool1d } from "./global-average-pool1d.ts";

testLayer(globalAveragePool1d, [
  { inputShape: [1, 1] },
  { inputShape: [5, 3] },
  ...drawShapes(createRng(34), 2, 3).map((inputShape) => ({ inputShape })),
]);

test("images are rejected", () => {
  expect(() => globalAveragePool1d.plan({}, [28, 28, 1])).toThrow(
    "global-average-pool1d: input must be a sequence (T, D), got (28, 28, 1). If these are images, use " +
      '"global-average-pool2d".',
  );
});
