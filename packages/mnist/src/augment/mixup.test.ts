import { expect, test } from "vitest";

import { createConstantRng, createImageFormat } from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { mixup } from "./mixup.ts";

testAugmentation(mixup, { something: { alpha: 1 } });

test("mixes each image with the next one, and the last with the first", () => {
  const planned = mixup.plan({ alpha: 1 }, createImageFormat([1, 2, 1]));
  if (!("mix" in planned)) throw new Error("mixup mixes");
  const images = Float64Array.of(0, 1, 0.5, 0.25, 1, 0);
  // The draws 1/4 and 1/2 with alpha 1 give the share 1/4 of 1/4 + 1/2.
  const numbers = [0.25, 0.5];
  const share = planned.mix({ ...createConstantRng(0), uniform: () => numbers.shift()! }, images);
  expect(share).toBeCloseTo(1 / 3, 15);
  const mixed = [0.5, 0.25, 1, 0, 0, 1].map(
    (next, i) => share * [0, 1, 0.5, 0.25, 1, 0][i]! + (1 - share) * next,
  );
  expect([...images]).toEqual(mixed);
});

test("mixes a single image with itself", () => {
  const planned = mixup.plan({ alpha: 1 }, createImageFormat([1, 2, 1]));
  if (!("mix" in planned)) throw new Error("mixup mixes");
  const images = Float64Array.of(0.5, 0.25);
  planned.mix(createConstantRng(0.5), images);
  expect([...images]).toEqual([0.5, 0.25]);
});
