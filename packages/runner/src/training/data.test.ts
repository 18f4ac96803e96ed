import { ResidentSplit } from "@nn/mnist";
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

test("which images are held out depends on the experiment's seed, and none of them is learned from", () => {
  const [one, again, other] = [divide(dataset, 10, 1), divide(dataset, 10, 1), divide(dataset, 10, 2)];
  expect(one.images).toHaveLength(40);
  expect(again.images).toEqual(one.images);
  expect(other.images).not.toEqual(one.images);
  expect([...one.images]).toEqual([...one.images].toSorted((a, b) => a - b));
});

test("how many are held out may differ from trial to trial of one process", () => {
  expect(divide(dataset, 10, 1).images).toHaveLength(40);
  expect(divide(dataset, 5, 1).images).toHaveLength(45);
});

test("0 holds out none: everything is learned from, nothing validated", () => {
  const { images, validation } = divide(dataset, 0, 1);
  expect(images).toHaveLength(50);
  expect(validation).toBeUndefined();
});

test('"test" learns from everything and shows the test set as validation', async () => {
  const { images, validation, test: testSet } = divide(dataset, "test", 1);
  expect(images).toHaveLength(50);
  const { network } = await toy();
  expect(await validation!.measure(network, silent().pulse)).toEqual(
    await testSet.measure(network, silent().pulse),
  );
});
