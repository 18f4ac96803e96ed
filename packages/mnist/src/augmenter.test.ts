import { readdirSync } from "node:fs";

import { createReferenceBackend, createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { defineAugmentation, type Augmentation } from "./augmentation.ts";
import { Augmenter, imageFormat } from "./augmenter.ts";
import { ImageBatches, ResidentSplit } from "./batches.ts";
import { augmentations } from "./catalog.ts";

const shape = [8, 8, 1];
const format = imageFormat(shape, 0, 1);
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
  const batches = new ImageBatches(new ResidentSplit(createReferenceBackend("float64"), split, shape), 5);
  const batch = batches.batch(Int32Array.of(0, 1, 2, 3, 4), 0, 5);
  new Augmenter(list, format, rng).apply(batch, epoch);
  return [...batch.images.data];
}

test("every file of the folder is one augmentation, found by its file's name", () => {
  const folder = new URL("./augment/", import.meta.url);
  const files = readdirSync(folder).filter((file) => !file.endsWith(".test.ts"));
  expect([...augmentations.keys()].map((type) => `${type}.ts`)).toEqual(files.sort());
  for (const [type, { description }] of augmentations) expect([type, description]).not.toContain("");
});

test("without augmentations the images stay as they are", () => {
  expect(images([])).toEqual(images([], 2));
});

test("movements that follow each other interpolate once: a turn and the turn back change nothing", () => {
  const turn = (degrees: number): Augmentation => {
    const movement = entry("rotate", { degrees: 180 });
    if (!("move" in movement)) throw new Error("a rotation moves");
    const share = (degrees / 180 + 1) / 2;
    const between = (low: number, high: number): number => low + (high - low) * share;
    const draws = { word: () => 0, uniform: () => share, between, integer: between };
    return { move: (_draws, map) => movement.move(draws, map) };
  };
  const there = turn(25);
  const back = turn(-25);
  expect(images([there, back])).toEqual(images([]));
  const pause: Augmentation = { repaint: () => {} };
  expect(images([there, pause, back])).not.toEqual(images([]));
});

test("augmentations happen in the order of the list", () => {
  const shift = entry("shift", { pixels: 3 });
  const cutout = entry("cutout", { size: 4 });
  expect(images([shift, cutout])).not.toEqual(images([cutout, shift]));
});

test("each image draws from its own stream, from the beginning", () => {
  const seen: number[] = [];
  const draw = defineAugmentation({
    type: "draw",
    description: "Draws one number.",
    options: augmentations.get("shift")!.options,
    plan: () => ({ repaint: (draws) => seen.push(draws.word()) }),
  });
  images([draw.plan({}, format)], 1);
  images([draw.plan({}, format), draw.plan({}, format)], 1);
  expect(new Set(seen.slice(0, 5)).size).toBe(5);
  expect(seen.slice(5).filter((_word, i) => i % 2 === 0)).toEqual(seen.slice(0, 5));
});
