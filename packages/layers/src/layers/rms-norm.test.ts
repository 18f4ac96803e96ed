import { createRng, ShapeError } from "@nn/tensor";
import { expect, test } from "vitest";

import { drawShapes, testLayer } from "../testing.ts";
import { rmsNorm } from "./rms-norm.ts";

testLayer(rmsNorm, [
  { inputShape: [7] },
  { options: { affine: false, epsilon: 0.1 }, inputShape: [4, 4, 3] },
  ...drawShapes(createRng(5), 2, 3).map((inputShape) => ({ inputShape })),
]);

test("one number is rejected with advice", () => {
  expect(() => rmsNorm.plan({ epsilon: 1e-6, affine: true }, [4, 1])).toThrow(
    new ShapeError(
      "rms-norm: it must normalize at least 2 numbers together, got 1 of (4, 1): " +
        "the output would not depend on the input. Leave it out, or give the last axis more numbers.",
    ),
  );
});
