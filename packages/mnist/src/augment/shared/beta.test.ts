import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { sampleBeta } from "./beta.ts";
import { ImageRng } from "./image-rng.ts";

test.for([0.05, 0.2, 1, 2])("Beta(%d, same) has mean 1/2 and variance 1 / (8·alpha + 4)", (alpha) => {
  const stream = new ImageRng();
  stream.open(createRng(1).key, 0);
  let [sum, squares] = [0, 0];
  const count = 40_000;
  for (let i = 0; i < count; i++) {
    const value = sampleBeta(stream, alpha);
    sum += value;
    squares += (value - 0.5) ** 2;
  }
  // At most about five standard deviations of each estimate.
  expect(Math.abs(sum / count - 0.5)).toBeLessThan(0.013);
  expect(Math.abs(squares / count - 1 / (8 * alpha + 4))).toBeLessThan(0.003);
});
