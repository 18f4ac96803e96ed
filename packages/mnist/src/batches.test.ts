import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { BatchReader, InMemorySplit } from "./batches.ts";

const split = {
  images: Uint8Array.of(0, 1, 2, 3, 254, 255, 128, 127, 10, 20, 30, 40),
  labels: Uint8Array.of(7, 8, 9),
  count: 3,
};

function batches(precision: "float32" | "float64", batchSize: number): BatchReader {
  return new BatchReader(new InMemorySplit(createReferenceBackend(precision), split, [2, 2, 1]), batchSize);
}

test("a batch has the images and labels of its range of the order", () => {
  const { images, labels } = batches("float64", 2).read(Int32Array.of(0, 2, 1), 1, 2);
  expect(images.shape).toEqual([2, 2, 2, 1]);
  expect([...images.data]).toEqual([10, 20, 30, 40, 254, 255, 128, 127].map((byte) => byte * (1 / 255)));
  expect([...labels]).toEqual([9, 8]);
});

test("float32 pixels are the byte times the float32 nearest to 1/255, rounded once", () => {
  const { images } = batches("float32", 3).read(Int32Array.of(0, 1, 2), 0, 3);
  expect([...images.data]).toEqual([...split.images].map((byte) => Math.fround(byte * Math.fround(1 / 255))));
});

test("black is 0 and white is 1", () => {
  const { images } = batches("float32", 2).read(Int32Array.of(0, 1), 0, 2);
  expect([images.data[0], images.data[5]]).toEqual([0, 1]);
});

test("batches of one size share their buffers: a step allocates nothing", () => {
  const reader = batches("float32", 2);
  const first = reader.read(Int32Array.of(0, 1, 2), 0, 2);
  const short = reader.read(Int32Array.of(0, 1, 2), 2, 1);
  expect(reader.read(Int32Array.of(2, 1, 0), 0, 2)).toBe(first);
  expect(reader.read(Int32Array.of(0, 1, 2), 0, 1)).toBe(short);
});

test("a shorter last batch has as many rows as examples", () => {
  const { images, labels } = batches("float32", 2).read(Int32Array.of(0, 1, 2), 2, 1);
  expect(images.shape).toEqual([1, 2, 2, 1]);
  expect(images.data).toHaveLength(4);
  expect([...labels]).toEqual([9]);
});

test("two readers of one split read the same bytes, each into its own buffers", () => {
  const inMemory = new InMemorySplit(createReferenceBackend("float32"), split, [2, 2, 1]);
  const training = new BatchReader(inMemory, 2).read(Int32Array.of(0, 1), 0, 2);
  const evaluation = new BatchReader(inMemory, 3).read(Int32Array.of(0, 1, 2), 0, 3);
  expect(evaluation.images.data.subarray(0, 8)).toEqual(training.images.data);
  expect(evaluation.images.data.buffer === training.images.data.buffer).toBe(false);
});
