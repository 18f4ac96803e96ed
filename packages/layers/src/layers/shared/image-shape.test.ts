import { ShapeError } from "@nn/tensor";
import { expect, test } from "vitest";

import { getImageShape } from "./image-shape.ts";

test("an image has height, width and channels", () => {
  expect(getImageShape("conv2d", [28, 27, 3])).toEqual([28, 27, 3]);
});

test.each([
  [
    [784],
    `Put this layer before the one that removes rows and columns, such as "flatten" or a global pooling.`,
  ],
  [[28, 28], `A "reshape" layer before it can make images of them.`],
  [[2, 28, 28, 1], `A "reshape" layer before it can make images of them.`],
])("%j is not an image, and the message gives advice", (shape, advice) => {
  const read = () => getImageShape("conv2d", shape);
  expect(read).toThrow(ShapeError);
  expect(read).toThrow(`conv2d: input must be images (H, W, C), got (${shape.join(", ")}). ${advice}`);
});
