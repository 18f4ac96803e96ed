import { ShapeError } from "@nn/tensor";
import { expect, test } from "vitest";

import { computePoolWindow, getCoveredPixels } from "./pool-window.ts";

test("the stride of a pool defaults to its size", () => {
  expect(computePoolWindow("max-pool2d", { poolSize: [2, 3], padding: "valid" }, [8, 9, 1])).toMatchObject({
    strideHeight: 2,
    strideWidth: 3,
    outputHeight: 4,
    outputWidth: 3,
  });
  expect(
    computePoolWindow("max-pool2d", { poolSize: 3, stride: 1, padding: "valid" }, [8, 9, 1]),
  ).toMatchObject({
    strideHeight: 1,
    outputHeight: 6,
    outputWidth: 7,
  });
});

test("a window at the edge covers only the pixels of the image", () => {
  const window = computePoolWindow("max-pool2d", { poolSize: 3, stride: 2, padding: 1 }, [5, 4, 1]);
  expect(getCoveredPixels(window)).toEqual({
    top: Int32Array.of(0, 1, 3),
    bottom: Int32Array.of(2, 4, 5),
    left: Int32Array.of(0, 1),
    right: Int32Array.of(2, 4),
  });
});

test("padding as large as the window is rejected", () => {
  const place = () => computePoolWindow("max-pool2d", { poolSize: [3, 2], padding: 2 }, [8, 8, 1]);
  expect(place).toThrow(ShapeError);
  expect(place).toThrow(
    "max-pool2d: padding 2 puts a whole window of 3 × 2 outside the image. Make it less than poolSize.",
  );
});
