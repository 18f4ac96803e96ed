import { expect, test } from "vitest";

import { createSplit } from "./dataset.ts";
import { DatasetError } from "./errors.ts";

const images = { file: "images", shape: [2, 2, 3], data: new Uint8Array(12) };
const labels = { file: "labels", shape: [2], data: Uint8Array.of(0, 9) };

test("joins images and labels to a split without copying them", () => {
  const split = createSplit(images, labels, [2, 3, 1], 10);
  expect(split.count).toBe(2);
  expect(split.images).toBe(images.data);
  expect(split.labels).toBe(labels.data);
});

test("images of another size are refused", () => {
  expect(() => createSplit(images, labels, [28, 28, 1], 10)).toThrow(
    new DatasetError(
      "images: expected images of (28, 28) pixels, got (2, 3). Use the files of this data set, or resize the images.",
    ),
  );
});

test("a wrong number of labels is refused, and the message names both files", () => {
  const three = { file: "labels", shape: [3], data: new Uint8Array(3) };
  expect(() => createSplit(images, three, [2, 3, 1], 10)).toThrow(
    new DatasetError(
      "labels: expected a label for each of the 2 images of images, got 3 labels. Use two files that belong together.",
    ),
  );
});

test("a label that is not a class is refused with its position", () => {
  expect(() => createSplit(images, labels, [2, 3, 1], 9)).toThrow(
    new DatasetError(
      "labels: expected labels from 0 to 8, got 9 for image 1 (counted from 0). Use the labels of this data set.",
    ),
  );
});

test("a data set without images is refused", () => {
  const none = { file: "images", shape: [0, 2, 3], data: new Uint8Array() };
  expect(() =>
    createSplit(none, { file: "labels", shape: [0], data: new Uint8Array() }, [2, 3, 1], 10),
  ).toThrow(new DatasetError("images: expected at least one image, got none. Use a file that has some."));
});
