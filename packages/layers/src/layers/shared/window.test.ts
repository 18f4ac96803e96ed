import { ShapeError } from "@nn/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { computeWindow, type WindowOptions } from "./window.ts";

/**
 * Returns the number of windows along one axis, and the numbers of zeros before the first pixel and after the
 * last.
 */
function along(extent: number, options: WindowOptions): [outputs: number, before: number, after: number] {
  const window = computeWindow("conv2d", [extent, extent, 1], options);
  const reach = (window.kernelHeight - 1) * window.dilationHeight + 1;
  const last = (window.outputHeight - 1) * window.strideHeight - window.padTop + reach;
  return [window.outputHeight, window.padTop, Math.max(0, last - extent)];
}

describe('"same" as in TensorFlow and Keras: ⌈extent / stride⌉ outputs, the odd zero at the end', () => {
  test.each([
    { extent: 28, size: 5, stride: 1, expected: [28, 2, 2] },
    { extent: 28, size: 3, stride: 2, expected: [14, 0, 1] },
    { extent: 28, size: 5, stride: 2, expected: [14, 1, 2] },
    { extent: 7, size: 3, stride: 2, expected: [4, 1, 1] },
    { extent: 7, size: 2, stride: 1, expected: [7, 0, 1] },
    { extent: 7, size: 2, stride: 2, expected: [4, 0, 1] },
    { extent: 13, size: 6, stride: 5, expected: [3, 1, 2] }, // the example of TensorFlow's documentation
    // ResNet's first layer; PyTorch's padding 3 distributes the zeros differently.
    { extent: 224, size: 7, stride: 2, expected: [112, 2, 3] },
    { extent: 8, size: 1, stride: 3, expected: [3, 0, 0] }, // gaps between windows: no zeros needed
    { extent: 1, size: 5, stride: 2, expected: [1, 2, 2] },
  ])("$extent pixels, window $size, stride $stride → $expected", ({ extent, size, stride, expected }) => {
    expect(along(extent, { size, stride, padding: "same" })).toEqual(expected);
  });

  test("dilation widens the window and keeps the number of outputs", () => {
    expect(along(9, { size: 3, stride: 1, padding: "same", dilation: 2 })).toEqual([9, 2, 2]);
    expect(along(10, { size: 3, stride: 3, padding: "same", dilation: 2 })).toEqual([4, 2, 2]);
  });
});

describe("valid and a number, as in PyTorch: ⌊(extent + 2p − reach) / stride⌋ + 1 outputs", () => {
  test.each([
    { extent: 28, size: 5, stride: 1, padding: "valid", outputs: 24 },
    { extent: 28, size: 2, stride: 2, padding: "valid", outputs: 14 },
    { extent: 27, size: 2, stride: 2, padding: "valid", outputs: 13 }, // the last pixel is not covered
    { extent: 13, size: 6, stride: 5, padding: "valid", outputs: 2 },
    { extent: 28, size: 5, stride: 1, padding: 2, outputs: 28 },
    { extent: 224, size: 7, stride: 2, padding: 3, outputs: 112 },
    { extent: 224, size: 11, stride: 4, padding: 2, outputs: 55 }, // AlexNet's first layer
    { extent: 3, size: 3, stride: 9, padding: "valid", outputs: 1 },
    { extent: 9, size: 3, stride: 1, padding: "valid", dilation: 4, outputs: 1 },
  ] as const)("$extent pixels, window $size, stride $stride, padding $padding → $outputs", (row) => {
    const [outputs, before] = along(row.extent, row);
    expect(outputs).toBe(row.outputs);
    expect(before).toBe(row.padding === "valid" ? 0 : row.padding);
  });
});

test("height and width are computed separately", () => {
  const options = { size: [3, 1], stride: [2, 3], padding: "same", dilation: [2, 1] } as const;
  expect(computeWindow("conv2d", [9, 7, 4], options)).toEqual({
    height: 9,
    width: 7,
    kernelHeight: 3,
    kernelWidth: 1,
    strideHeight: 2,
    strideWidth: 3,
    dilationHeight: 2,
    dilationWidth: 1,
    padTop: 2,
    padLeft: 0,
    outputHeight: 5,
    outputWidth: 3,
  });
});

test('"same" uses the fewest zeros, and every window covers a pixel unless dilation skips it', () => {
  const extent = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(extent, extent, extent, (pixels, size, stride) => {
      const [outputs, before, after] = along(pixels, { size, stride, padding: "same" });
      expect(outputs).toBe(Math.ceil(pixels / stride));
      expect(after - before).toBeGreaterThanOrEqual(0);
      expect(after - before).toBeLessThanOrEqual(1);
      expect(before).toBeLessThan(size);
      expect((outputs - 1) * stride - before).toBeLessThan(pixels);
    }),
  );
});

test("a window larger than the image is rejected", () => {
  const place = () =>
    computeWindow("conv2d", [4, 9, 1], { size: 3, stride: 1, padding: "valid", dilation: 2 });
  expect(place).toThrow(ShapeError);
  expect(place).toThrow(
    "conv2d: a window of 5 × 5 pixels does not fit into images of 4 × 9 with padding valid. " +
      "Make the window smaller, or set padding: same.",
  );
});
