import { ShapeError } from "@nn/tensor";
import { expect, test } from "vitest";

import { imageShape } from "./image-shape.ts";

test("an image has height, width and channels", () => {
  expect(imageShape("conv2d", [28, 27, 3])).toEqual([28, 27, 3]);
});

test.each([[[784]], [[28, 28]], [[1, 28, 28, 1]]])("%j is none, and the message says what to do", (shape) => {
  expect(() => imageShape("conv2d", shape)).toThrow(ShapeError);
  expect(() => imageShape("conv2d", shape)).toThrow(
    `conv2d: input must be images (H, W, C), got (${shape.join(", ")}). ` +
      `Put this layer before the "flatten", which gives up rows and columns.`,
  );
});
