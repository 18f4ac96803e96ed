import { BatchReader, InMemorySplit, computePixelStatistics } from "@nn/mnist";
import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { createSilentObserver, createToyTraining, createToySplit } from "../testing/toy-training.ts";
import { splitDataset } from "./split-dataset.ts";
import type { Evaluator } from "../evaluate.ts";

const backend = createReferenceBackend("float32");
const dataset = {
  exampleShape: [2, 2, 1],
  classes: 3,
  training: new InMemorySplit(backend, createToySplit(50), [2, 2, 1]),
  test: new InMemorySplit(backend, createToySplit(20), [2, 2, 1]),
};

const holding = (validation: number | "test", normalize = false) => ({ validation, normalize });

test("the held-out images depend on the experiment's seed, and none of them is trained on", () => {
  const [one, again, other] = [
    splitDataset(dataset, holding(10), 1),
    splitDataset(dataset, holding(10), 1),
    splitDataset(dataset, holding(10), 2),
  ];
  expect(one.images).toHaveLength(40);
  expect(again.images).toEqual(one.images);
  expect(other.images).not.toEqual(one.images);
  expect([...one.images]).toEqual([...one.images].toSorted((a, b) => a - b));
});

test("the number of held-out images can differ between the trials of a process", () => {
  expect(splitDataset(dataset, holding(10), 1).images).toHaveLength(40);
  expect(splitDataset(dataset, holding(5), 1).images).toHaveLength(45);
});

test("0 holds out no images: all are training images, and there is no validation", () => {
  const { images, validation } = splitDataset(dataset, holding(0), 1);
  expect(images).toHaveLength(50);
  expect(validation).toBeUndefined();
});

test('"test" trains on all images and validates on the test set', async () => {
  const { images, validation, test: testSet } = splitDataset(dataset, holding("test"), 1);
  expect(images).toHaveLength(50);
  const { network } = await createToyTraining();
  expect(await validation!.evaluate(network, createSilentObserver().yielder)).toEqual(
    await testSet.evaluate(network, createSilentObserver().yielder),
  );
});

test("all images are normalized by the statistics of the training images", () => {
  const { training, images } = splitDataset(dataset, holding(10, true), 1);
  const batch = [...new BatchReader(training, 40).read(images, 0, 40).images.data];
  const mean = batch.reduce((sum, pixel) => sum + pixel, 0) / batch.length;
  const variance = batch.reduce((sum, pixel) => sum + (pixel - mean) ** 2, 0) / batch.length;
  expect([mean, variance]).toEqual([expect.closeTo(0, 5), expect.closeTo(1, 5)]);
  expect(splitDataset(dataset, holding(10, true), 2).training.pixels).not.toEqual(training.pixels);
  expect(splitDataset(dataset, holding(10), 1).training.pixels).toBeUndefined();
});

/** Test images that differ from the training images, and more of them than are held out. */
const brighter = {
  ...dataset,
  test: new InMemorySplit(
    backend,
    { ...createToySplit(20), images: createToySplit(20).images.map((byte) => 100 + byte / 2) },
    [2, 2, 1],
  ),
};

/** Returns all pixels that the evaluator reads. */
async function pixelsOf(examination: Evaluator): Promise<number[]> {
  const { network } = await createToyTraining();
  const pixels: number[] = [];
  await examination.evaluate(network, createSilentObserver().yielder, (_outputs, { images }) =>
    pixels.push(...images.data),
  );
  return pixels;
}

test("the statistics of the training images normalize the test images", async () => {
  const { images, test: testSet } = splitDataset(brighter, holding(10, true), 1);
  const { mean, deviation } = computePixelStatistics(brighter.training, images);
  const read = [...brighter.test.images].map((byte) => Math.fround((byte - mean) / deviation));
  expect(await pixelsOf(testSet)).toEqual(read);
});

test("validation evaluates the held-out images, and only the test evaluates the test set", async () => {
  const { images, validation, test: testSet } = splitDataset(brighter, holding(10), 1);
  const learned = new Set(images);
  const heldOut = [...brighter.training.labels.keys()].filter((image) => !learned.has(image));
  const bytes = heldOut.flatMap((image) =>
    Array.from(brighter.training.images.subarray(4 * image, 4 * image + 4)),
  );
  const read = (byte: number): number => Math.fround(Math.fround(byte) / 255);
  expect(await pixelsOf(validation!)).toEqual(bytes.map((byte) => expect.closeTo(read(byte), 6)));
  expect(await pixelsOf(testSet)).toEqual(
    [...brighter.test.images].map((byte) => expect.closeTo(read(byte), 6)),
  );
});

test("with normalize, a network is evaluated on normalized images", async () => {
  const { network } = await createToyTraining();
  const [plain, shifted] = [
    splitDataset(dataset, holding(10), 1),
    splitDataset(dataset, holding(10, true), 1),
  ];
  const { yielder } = createSilentObserver();
  expect(await shifted.test.evaluate(network, yielder)).not.toEqual(
    await plain.test.evaluate(network, yielder),
  );
  expect(await shifted.validation!.evaluate(network, yielder)).not.toEqual(
    await plain.validation!.evaluate(network, yielder),
  );
});
