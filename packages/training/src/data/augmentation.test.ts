import { augmentations, type ImageFormat } from "@nn/mnist";
import { createReferenceBackend, createRng } from "@nn/tensor";
import { Type } from "typebox";
import { expect, test } from "vitest";

import { createAugmenter, createTestTimeAugmentation } from "./augmentation.ts";

const backend = createReferenceBackend("float32");

test.each([
  ["pixels of 0 and 1", undefined, 0, 1],
  [
    "normalized pixels",
    Float64Array.from({ length: 256 }, (_, byte) => (byte - 30) / 70),
    -30 / 70,
    225 / 70,
  ],
])("augmentations fill with black and white of %s", (_what, pixels, black, white) => {
  const formats: ImageFormat[] = [];
  const shift = augmentations.get("shift")!;
  const definition = {
    ...shift,
    type: "noting",
    options: Type.Object({}),
    plan: (_options: object, format: ImageFormat) => {
      formats.push(format);
      return shift.plan({ pixels: 1 }, format);
    },
  };
  const catalog = new Map([["noting", definition]]);
  const split = { backend, exampleShape: [3, 2, 1], pixels };
  const augment = [{ type: "noting" }];
  createAugmenter({ augment }, split, createRng(1), catalog);
  createTestTimeAugmentation({ evaluation: { views: 2, augment } }, split, createRng(1), catalog);
  const format = { backend, height: 3, width: 2, channels: 1, black, white };
  expect(formats).toEqual([format, format]);
});
