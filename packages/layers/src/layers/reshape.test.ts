import { ShapeError } from "@nn/tensor";
import { describe, expect, test } from "vitest";

import { testLayer } from "../testing.ts";
import { reshape } from "./reshape.ts";

testLayer(reshape, [
  { options: { shape: [7] }, inputShape: [7] },
  { options: { shape: [28, -1] }, inputShape: [28, 28, 1] },
  { options: { shape: [3, -1, 1, 5] }, inputShape: [5, 9] },
  { options: { shape: [2, 3, 2] }, inputShape: [12] },
]);

describe("an invalid shape is rejected with the reason", () => {
  test.each([
    { shape: [5, 3], message: "reshape: (4, 4) is 16 numbers, which do not fit into (5, 3)." },
    { shape: [3, -1], message: "reshape: (4, 4) is 16 numbers, which do not fit into (3, -1)." },
    { shape: [-1, -1], message: "reshape: shape must be whole numbers from 1, one of which may be -1" },
    { shape: [0, -1], message: "reshape: shape must be whole numbers from 1, one of which may be -1" },
  ])("$shape", ({ shape, message }) => {
    expect(() => reshape.plan({ shape }, [4, 4])).toThrow(ShapeError);
    expect(() => reshape.plan({ shape }, [4, 4])).toThrow(message);
  });
});
