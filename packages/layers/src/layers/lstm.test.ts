import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { drawShapes, testLayer } from "../testing.ts";
import { lstm } from "./lstm.ts";

testLayer(lstm, [
  { options: { units: 1 }, inputShape: [1, 1] },
  { options: { units: 3, returnSequences: true }, inputShape: [4, 5] },
  { options: { units: 5, bias: false }, inputShape: [3, 7] },
  ...drawShapes(createRng(31), 3, 2).map(([units, T, D]) => ({
    options: { units, returnSequences: true },
    inputShape: [T!, D!],
  })),
]);

test("images without a reshape layer are rejected", () => {
  expect(() =>
    lstm.plan({ units: 4, returnSequences: false, bias: true, forgetBias: 1 }, [28, 28, 1]),
  ).toThrow(
    "lstm: input must be a sequence (T, D), got (28, 28, 1). " +
      'If these are images, put a "reshape" layer before it that makes rows the time steps: shape [28, 28].',
  );
});
