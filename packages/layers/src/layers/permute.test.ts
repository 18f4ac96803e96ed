import { createRng, ShapeError } from "@nn/tensor";
import { expect, test } from "vitest";

import { drawShapes, testLayer } from "../testing.ts";
import { permute } from "./permute.ts";

testLayer(permute, [
  { options: { axes: [0] }, inputShape: [7] },
  { options: { axes: [1, 0] }, inputShape: [5, 3] },
  { options: { axes: [2, 0, 1] }, inputShape: [4, 3, 2] },
  { options: { axes: [3, 1, 0, 2] }, inputShape: [2, 1, 3, 5] },
  ...drawShapes(createRng(5), 3, 2).map((inputShape) => ({ options: { axes: [1, 2, 0] }, inputShape })),
]);

test.each([[[0, 1]], [[0, 1, 1]], [[1, 2, 3]]])(
  "axes %j are rejected with advice if the input has three axes",
  (axes) => {
    expect(() => permute.plan({ axes }, [4, 3, 2])).toThrow(
      new ShapeError(
        `permute: axes must name each of the 3 axes of (4, 3, 2) once, from 0 to 2, got [${axes.join(", ")}].`,
      ),
    );
  },
);
