import { readdirSync } from "node:fs";

import { createReferenceBackend, createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { createImageFormat } from "../test/picture.ts";
import { defineAugmentation, type Augmentation } from "./augmentation.ts";
import { Augmenter } from "./augmenter.ts";
import { BatchReader, InMemorySplit } from "./batches.ts";
import { augmentations } from "./catalog.ts";

const shape = [8, 8, 1];
const format = createImageFormat(shape);
const rng = createRng(1).fork("augment");

const entry = (type: string, options: Record<string, unknown>): Augmentation =>
  augmentations.get(type)!.plan(options, format);

function images(list: readonly Augmentation[], epoch = 1): number[] {
  const pixels = createRng(2).fork("pixels");
  const split = {
    images: Uint8Array.from({ length: 5 * 64 }, () => pixels.integer(256)),
    labels: new Uint8Array(5),
    count: 5,
  };
  const batches = new BatchReader(new InMemorySplit(createReferenceBackend("float64"), split, shape), 5);
  const batch = batches.read(Int32Array.of(0, 1, 2, 3, 4), 0, 5);
  new Augmenter(list, format, rng).apply(batch, epoch, 0);
  return [...batch.images.data];
}

test("every file of the folder is one augmentation, named after the file", () => {
  const folder = new URL("./augment/", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  expect([...augmentations.keys()].map((type) => `${type}.ts`)).toEqual(files.sort());
  for (const [type, { description }] of augmentations) expect([type, description]).not.toContain("");
});

test("`mixes` agrees with the plan", () => {
  for (const [type, { mixes = false }] of augmentations) {
    const options = { alpha: 1, sigma: 1, size: 1, pixels: 1, degrees: 1, range: 0.1, deviation: 0.1 };
    expect([type, mixes]).toEqual([type, "mix" in entry(type, options)]);
  }
});

test("without augmentations the images do not change", () => {
  expect(images([])).toEqual(images([], 2));
});

test("consecutive geometric transforms interpolate once: a rotation and its inverse change nothing", () => {
  const turn = (degrees: number): Augmentation => {
    const transform = entry("rotate", { degrees: 180 });
    if (!("transformCoordinates" in transform)) throw new Error("a rotation transforms coordinates");
    const share = (degrees / 180 + 1) / 2;
    const between = (low: number, high: number): number => low + (high - low) * share;
    const rng = { uint32: () => 0, uniform: () => share, uniformBetween: between, integer: between };
    return { transformCoordinates: (_rng, map) => transform.transformCoordinates(rng, map) };
  };
  const there = turn(25);
  const back = turn(-25);
  expect(images([there, back])).toEqual(images([]));
  const pause: Augmentation = { transformPixels: () => {} };
  expect(images([there, pause, back])).not.toEqual(images([]));
});

test("augmentations are applied in the order of the list", () => {
  const shift = entry("shift", { pixels: 3 });
  const cutout = entry("cutout", { size: 4 });
  expect(images([shift, cutout])).not.toEqual(images([cutout, shift]));
});

test("each augmentation of each image draws from the start of its own stream", () => {
  const seen: number[] = [];
  const draw = defineAugmentation({
    type: "draw",
    description: "Draws one number.",
    options: augmentations.get("shift")!.options,
    plan: () => ({ transformPixels: (rng) => seen.push(rng.uint32()) }),
  });
  images([draw.plan({}, format)], 1);
  images([draw.plan({}, format), draw.plan({}, format)], 1);
  expect(new Set(seen.slice(0, 5)).size).toBe(5);
  expect(seen.slice(5, 10)).toEqual(seen.slice(0, 5));
  expect(new Set(seen.slice(5)).size).toBe(10);
});

test("mixing comes last and returns the share of an image's own label", () => {
  const pixels = { images: Uint8Array.of(255, 0, 51), labels: new Uint8Array(3), count: 3 };
  const backend = createReferenceBackend("float64");
  const batches = new BatchReader(new InMemorySplit(backend, pixels, [1, 1, 1]), 3);
  const one = createImageFormat([1, 1, 1]);
  const half: Augmentation = {
    mix(_rng, data) {
      for (let i = 0; i < data.length; i++) data[i] = data[i]! / 2;
      return 0.5;
    },
  };
  const invert: Augmentation = {
    transformPixels(_rng, data, start) {
      data[start] = 1 - data[start]!;
    },
  };
  const augmenter = new Augmenter([half, invert], one, rng);
  expect([augmenter.mixes, augmenter.share]).toEqual([true, 1]);
  const batch = batches.read(Int32Array.of(0, 1, 2), 0, 3);
  augmenter.apply(batch, 1, 0);
  expect([...batch.images.data]).toEqual([0, 0.5, 0.4]);
  expect(augmenter.share).toBe(0.5);
  expect(new Augmenter([invert], one, rng).mixes).toBe(false);
});

test("each batch draws one of several mixings, by its position in the epoch", () => {
  const named = (share: number): Augmentation => ({ mix: () => share });
  const augmenter = new Augmenter([named(0.1), named(0.2)], format, rng);
  const batch = { images: { shape: [0], data: new Float64Array(0) }, examples: new Int32Array(0) };
  const shares = (): number[] =>
    Array.from({ length: 20 }, (_, index) => {
      augmenter.apply({ ...batch, labels: new Int32Array(0) }, 1, index * 100);
      return augmenter.share;
    });
  expect(new Set(shares())).toEqual(new Set([0.1, 0.2]));
  expect(shares()).toEqual(shares());
});
