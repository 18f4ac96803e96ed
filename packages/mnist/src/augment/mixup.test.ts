import { expect, test } from "vitest";

import { drawsOf, formatOf } from "../../test/picture.ts";
import { testAugmentation } from "../testing.ts";
import { mixup } from "./mixup.ts";

testAugmentation(mixup, { something: { alpha: 1 } });

test("each image takes its share and the rest of the next one, the last of the first", () => {
  const planned = mixup.plan({ alpha: 1 }, formatOf([1, 2, 1]));
  if (!("mix" in planned)) throw new Error("mixup mixes");
  const images = Float64Array.of(0, 1, 0.5, 0.25, 1, 0);
  // Drawn 1/4 and 1/2: with alpha 1 the share is 1/4 of 1/4 + 1/2.
  const numbers = [0.25, 0.5];
  const share = planned.mix({ ...drawsOf(0), uniform: () => numbers.shift()! }, images);
  expect(share).toBeCloseTo(1 / 3, 15);
  const mixed = [0.5, 0.25, 1, 0, 0, 1].map(
    (next, i) => share * [0, 1, 0.5, 0.25, 1, 0][i]! + (1 - share) * next,
  );
  expect([...images]).toEqual(mixed);
});

test("an image alone in its batch is mixed with itself", () => {
  const planned = mixup.plan({ alpha: 1 }, formatOf([1, 2, 1]));
  if (!("mix" in planned)) throw new Error("mixup mixes");
  const images = Float64Array.of(0.5, 0.25);
  planned.mix(drawsOf(0.5), images);
  expect([...images]).toEqual([0.5, 0.25]);
});
