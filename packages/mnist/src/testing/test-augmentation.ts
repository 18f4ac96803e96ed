import { completeOptions } from "@nn/catalog/testing/complete-options";
import { testDefinition } from "@nn/catalog/testing/test-definition";
import { createReferenceBackend, createRng, type Precision } from "@nn/tensor";
import * as fc from "fast-check";
import type { TObject } from "typebox";
import { describe, expect, test } from "vitest";

import { augmentationKind } from "../catalog.ts";
import type { AugmentationDefinition } from "../augmentation.ts";
import { Augmenter, getImageFormat } from "../augmenter.ts";
import { arange } from "../split.ts";
import { BatchReader, InMemorySplit } from "../batches.ts";

/** Options for the contract suite of an augmentation. */
export interface AugmentationSettings {
  /** Options that do not change images, if there are any. */
  readonly nothing?: Readonly<Record<string, unknown>>;
  /** Options that change images. */
  readonly something: Readonly<Record<string, unknown>>;
}

const COUNT = 9;
const shapes = fc.tuple(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 9 }),
  fc.constantFrom(1, 3),
);

/**
 * Defines the tests that every augmentation must pass. Call it in a vitest file, with the options to test.
 * The tests use images of any size.
 */
export function testAugmentation<Options extends TObject>(
  definition: AugmentationDefinition<Options>,
  settings: AugmentationSettings,
): void {
  const something = completeOptions(definition, settings.something);
  const changed = (setting: Setting): number[] => augmented(definition, something, setting);

  describe(`the augmentation ${definition.type}`, () => {
    testDefinition(augmentationKind, definition);

    const { nothing } = settings;
    if (nothing !== undefined) testIdentity(definition, completeOptions(definition, nothing));

    test("other settings change something", () => {
      expect(isIdentity(definition, something)).not.toBe(true);
      expect(changed(usual)).not.toEqual(originals(usual));
    });

    test("the same stream gives the same bytes, another seed or epoch different ones", () => {
      expect(changed(usual)).toEqual(changed(usual));
      expect(changed({ ...usual, seed: 2 })).not.toEqual(changed(usual));
      expect(changed({ ...usual, epoch: 2 })).not.toEqual(changed(usual));
    });

    if (definition.mixes === true) testMixing(definition, something);
    else testImageByImage(changed);

    test("float32 and float64 agree", () => {
      const wide = changed({ ...usual, precision: "float64" });
      const narrow = changed(usual);
      for (const [i, value] of wide.entries()) expect(Math.abs(narrow[i]! - value)).toBeLessThan(1e-6);
    });

    test("every pixel stays between black and white", () => {
      fc.assert(
        fc.property(shapes, (shape) => {
          for (const value of changed({ ...usual, shape })) {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(1 + 1e-6);
          }
        }),
      );
    });
  });
}

/** Returns what the augmentation itself says about these options; undefined if it says nothing. */
function isIdentity(
  definition: AugmentationDefinition,
  options: Record<string, unknown>,
): boolean | undefined {
  return definition.isIdentity?.(options);
}

function testIdentity(definition: AugmentationDefinition, options: Record<string, unknown>): void {
  test("identity settings change nothing", () => {
    expect(isIdentity(definition, options)).not.toBe(false);
    fc.assert(
      fc.property(shapes, (shape) => {
        const setting = { ...usual, shape };
        expect(augmented(definition, options, setting)).toEqual(originals(setting));
      }),
    );
  });
}

function testImageByImage(changed: (setting: Setting) => number[]): void {
  test("the bytes depend neither on the batch size nor on the order of the images", () => {
    const order = fc.shuffledSubarray([...arange(COUNT)], { minLength: COUNT, maxLength: COUNT });
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: COUNT }), order, (shape, batchSize, places) => {
        const setting = { ...usual, shape };
        expect(changed({ ...setting, batchSize, order: Int32Array.from(places) })).toEqual(changed(setting));
      }),
    );
  });
}

function testMixing(definition: AugmentationDefinition, options: Record<string, unknown>): void {
  test("returns the share of an image's own label, and does not change a single image", () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, seed) => {
        const setting = { ...usual, shape, seed, batchSize: 1 };
        const format = getImageFormat(createReferenceBackend("float32"), shape, 0, 1);
        const planned = definition.plan(options, format);
        const augmenter = new Augmenter([planned], format, createRng(seed));
        expect(augmenter.mixes).toBe(true);
        const mixed = read(setting, (batch) => {
          augmenter.apply(batch, 1, 0);
          expect(augmenter.share).toBeGreaterThanOrEqual(0);
          expect(augmenter.share).toBeLessThanOrEqual(1);
        });
        for (const [i, value] of originals(setting).entries())
          expect(Math.abs(mixed[i]! - value)).toBeLessThan(1e-6);
      }),
    );
  });
}

interface Setting {
  readonly shape: readonly number[];
  readonly seed: number;
  readonly epoch: number;
  readonly batchSize: number;
  readonly order: Int32Array;
  readonly precision: Precision;
}

const usual: Setting = {
  shape: [9, 8, 1],
  seed: 1,
  epoch: 1,
  batchSize: COUNT,
  order: arange(COUNT),
  precision: "float32",
};

/** Reads some images in batches in some order. Returns them in file order. */
function read({ shape, batchSize, order, precision }: Setting, see: (batch: Batch) => void): number[] {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const rng = createRng(3).fork("images");
  const images = Uint8Array.from({ length: COUNT * size }, () => rng.integer(256));
  const split = { images, labels: new Uint8Array(COUNT), count: COUNT };
  const batches = new BatchReader(new InMemorySplit(createReferenceBackend(precision), split, shape), COUNT);
  const all: number[] = [];
  for (let start = 0; start < COUNT; start += batchSize) {
    const batch = batches.read(order, start, Math.min(batchSize, COUNT - start));
    see(batch);
    for (const [n, example] of batch.examples.entries()) {
      for (let i = 0; i < size; i++) all[example * size + i] = batch.images.data[n * size + i]!;
    }
  }
  return all;
}

type Batch = ReturnType<BatchReader["read"]>;

function originals(setting: Setting): number[] {
  return read(setting, () => {});
}

function augmented(
  definition: AugmentationDefinition,
  options: Record<string, unknown>,
  setting: Setting,
): number[] {
  const format = getImageFormat(createReferenceBackend(setting.precision), setting.shape, 0, 1);
  const augmenter = new Augmenter(
    [definition.plan(options, format)],
    format,
    createRng(setting.seed).fork("augment"),
  );
  return read(setting, (batch) => augmenter.apply(batch, setting.epoch, 0));
}
