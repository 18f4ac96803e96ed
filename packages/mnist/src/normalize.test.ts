import { createReferenceBackend, createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { createTemporaryFolder } from "../test/temporary-folder.ts";
import { BatchReader, InMemorySplit } from "./batches.ts";
import { datasets } from "./catalog.ts";
import { DatasetError } from "./errors.ts";
import { normalizeSplit, computePixelStatistics } from "./normalize.ts";
import { arange } from "./split.ts";

const split = {
  images: Uint8Array.of(0, 0, 10, 30, 255, 255, 255, 255),
  labels: Uint8Array.of(0, 1),
  count: 2,
};

function inMemory(precision: "float32" | "float64"): InMemorySplit {
  return new InMemorySplit(createReferenceBackend(precision), split, [2, 2, 1]);
}

test("computes mean and deviation of the chosen images only", () => {
  expect(computePixelStatistics(inMemory("float64"), Int32Array.of(0))).toEqual({
    mean: 10,
    deviation: Math.sqrt(150),
  });
});

test("gives the well-known values of MNIST: 0.1307 and 0.3081", async () => {
  const mnist = await datasets.get("mnist")!.load({ validation: 0 }, { dataFolder: createTemporaryFolder() });
  const all = new InMemorySplit(createReferenceBackend("float32"), mnist.training, mnist.exampleShape);
  const { mean, deviation } = computePixelStatistics(all, arange(all.count));
  expect([(mean / 255).toFixed(4), (deviation / 255).toFixed(4)]).toEqual(["0.1307", "0.3081"]);
  const shuffled = arange(all.count);
  createRng(1).shuffle(shuffled);
  expect(computePixelStatistics(all, shuffled)).toEqual({ mean, deviation });
});

test.for(["float32", "float64"] as const)(
  "pixels are read as (byte − mean) / deviation, in %s",
  (precision) => {
    const read = new BatchReader(normalizeSplit(inMemory(precision), { mean: 10, deviation: 20 }), 2);
    const { images, labels } = read.read(Int32Array.of(1, 0), 0, 2);
    const expected = [255, 255, 255, 255, 0, 0, 10, 30].map((byte) => (byte - 10) / 20);
    expect([...images.data]).toEqual(precision === "float32" ? expected.map(Math.fround) : expected);
    expect([...labels]).toEqual([1, 0]);
  },
);

test("images of a single grey are refused", () => {
  const one = inMemory("float32");
  const statistics = computePixelStatistics(one, Int32Array.of(1));
  expect(() => normalizeSplit(one, statistics)).toThrow(
    new DatasetError(
      "dataset.normalize: expected training images with different pixel values, got 255 in " +
        "every pixel. Set it to false.",
    ),
  );
});
