import { createRng } from "@nn/tensor";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { DatasetError } from "./errors.ts";
import { arange, shuffleIndices, splitValidation } from "./split.ts";

const count = fc.integer({ min: 1, max: 300 });
const seed = fc.integer({ min: 0, max: 2 ** 31 });

function isAscending(values: Int32Array): boolean {
  return values.every((value, index) => index === 0 || values[index - 1]! < value);
}

test("every image is in exactly one of the two parts, and both are in file order", () => {
  fc.assert(
    fc.property(count, fc.nat(), seed, (images, wish, start) => {
      const validation = wish % images;
      const held = splitValidation(images, validation, createRng(start));
      expect(held.validation).toHaveLength(validation);
      expect(isAscending(held.validation) && isAscending(held.training)).toBe(true);
      expect(new Set([...held.training, ...held.validation]).size).toBe(images);
      expect(held.training.length + held.validation.length).toBe(images);
    }),
  );
});

test("the same seed holds out the same images, another seed different ones", () => {
  const [once, again, other] = [1, 1, 2].map(
    (start) => splitValidation(1000, 100, createRng(start).fork("validation")).validation,
  );
  expect(once).toEqual(again);
  expect(once).not.toEqual(other);
});

test("images are held out from the whole file with equal probability", () => {
  const times = new Int32Array(10);
  for (let start = 0; start < 1000; start++) {
    for (const image of splitValidation(10, 3, createRng(start)).validation) times[image]! += 1;
  }
  // 300 are expected of each, with standard deviation √(1000 · 0.3 · 0.7) ≈ 14.5; five of them are allowed
  // either way.
  expect(Math.min(...times)).toBeGreaterThan(228);
  expect(Math.max(...times)).toBeLessThan(372);
});

test("without a validation set all images are training images, in file order", () => {
  const held = splitValidation(5, 0, createRng(1));
  expect([...held.training]).toEqual([0, 1, 2, 3, 4]);
  expect(held.validation).toHaveLength(0);
});

test("a validation set that leaves no training images is an error", () => {
  expect(() => splitValidation(60, 60, createRng(1))).toThrow(
    new DatasetError(
      "dataset.validation: expected fewer than the 60 images of the training set, got 60. " +
        "Hold out fewer images, so that some are left to train on.",
    ),
  );
});

test("the order of an epoch has all indices and does not depend on earlier epochs", () => {
  const indices = splitValidation(100, 20, createRng(7)).training;
  const epoch = (number: number, out: Int32Array) =>
    shuffleIndices(indices, createRng(7).fork("shuffle").fork(number), out);
  const fresh = epoch(2, new Int32Array(80)).slice();
  const used = epoch(1, new Int32Array(80));
  expect(used).not.toEqual(fresh);
  expect(epoch(2, used)).toEqual(fresh);
  expect(used).not.toEqual(indices);
  expect(used.slice().sort()).toEqual(indices);
});

test("shuffling does not change its input", () => {
  const indices = arange(50);
  shuffleIndices(indices, createRng(3), new Int32Array(50));
  expect(indices).toEqual(arange(50));
});
