import { ImageBatches, ResidentSplit } from "@nn/mnist";
import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { silent, toy, toySplit } from "../../test/support/toy-training.ts";
import { divide } from "./data.ts";

const backend = createReferenceBackend("float32");
const dataset = {
  exampleShape: [2, 2, 1],
  classes: 3,
  training: new ResidentSplit(backend, toySplit(50), [2, 2, 1]),
  test: new ResidentSplit(backend, toySplit(20), [2, 2, 1]),
};

const holding = (validation: number | "test", normalize = false) => ({ validation, normalize });

test("which images are held out depends on the experiment's seed, and none of them is learned from", () => {
  const [one, again, other] = [
    divide(dataset, holding(10), 1),
    divide(dataset, holding(10), 1),
    divide(dataset, holding(10), 2),
  ];
  expect(one.images).toHaveLength(40);
  expect(again.images).toEqual(one.images);
  expect(other.images).not.toEqual(one.images);
  expect([...one.images]).toEqual([...one.images].toSorted((a, b) => a - b));
});

test("how many are held out may differ from trial to trial of one process", () => {
  expect(divide(dataset, holding(10), 1).images).toHaveLength(40);
  expect(divide(dataset, holding(5), 1).images).toHaveLength(45);
});

test("0 holds out none: everything is learned from, nothing validated", () => {
  const { images, validation } = divide(dataset, holding(0), 1);
  expect(images).toHaveLength(50);
  expect(validation).toBeUndefined();
});

test('"test" learns from everything and shows the test set as validation', async () => {
  const { images, validation, test: testSet } = divide(dataset, holding("test"), 1);
  expect(images).toHaveLength(50);
  const { network } = await toy();
  expect(await validation!.measure(network, silent().pulse)).toEqual(
    await testSet.measure(network, silent().pulse),
  );
});

test("normalized, all images are read by the statistics of those that are learned from", () => {
  const { training, images } = divide(dataset, holding(10, true), 1);
  const batch = [...new ImageBatches(training, 40).batch(images, 0, 40).images.data];
  const mean = batch.reduce((sum, pixel) => sum + pixel, 0) / batch.length;
  const variance = batch.reduce((sum, pixel) => sum + (pixel - mean) ** 2, 0) / batch.length;
  expect([mean, variance]).toEqual([expect.closeTo(0, 5), expect.closeTo(1, 5)]);
  expect(divide(dataset, holding(10, true), 2).training.pixels).not.toEqual(training.pixels);
  expect(divide(dataset, holding(10), 1).training.pixels).toBeUndefined();
});

test("normalized, a network is measured on normalized images", async () => {
  const { network } = await toy();
  const [plain, shifted] = [divide(dataset, holding(10), 1), divide(dataset, holding(10, true), 1)];
  const { pulse } = silent();
  expect(await shifted.test.measure(network, pulse)).not.toEqual(await plain.test.measure(network, pulse));
  expect(await shifted.validation!.measure(network, pulse)).not.toEqual(
    await plain.validation!.measure(network, pulse),
  );
});
