import { completeOptions, formatOptions } from "@nn/catalog/testing/complete-options";
import { testDefinition } from "@nn/catalog/testing/test-definition";
import { countElements } from "@nn/tensor";
import { describe, expect, test } from "vitest";

import { datasetKind } from "../catalog.ts";
import type { Dataset, Split } from "../dataset.ts";
import type { DatasetDefinition, DatasetInfo, FileContext } from "../definition.ts";
import { computeDigest } from "../digest.ts";

/** One configuration of a data set for the contract suite. */
export interface DatasetConfiguration {
  readonly options: Readonly<Record<string, unknown>>;
  /**
   * Returns the location of its files when a test runs. They must exist, because the suite does not download.
   */
  readonly files: () => FileContext;
}

/**
 * Defines the tests that every data set must pass, for example that `load` matches `describe`. Call it in a
 * vitest file, with files to read.
 */
export function testDataset(
  definition: DatasetDefinition,
  configurations: readonly DatasetConfiguration[],
): void {
  describe(`the data set ${definition.type}`, () => {
    testDefinition(datasetKind, definition);

    test("has the options of all data sets", () => {
      const { validation, normalize } = definition.options.properties;
      expect(validation).toMatchObject({ anyOf: [{ type: "integer", minimum: 0 }, { const: "test" }] });
      expect(normalize).toMatchObject({ type: "boolean", default: false });
    });

    for (const { options, files } of configurations) {
      describe(`with ${formatOptions(options)}`, () => {
        const complete = completeOptions(definition, options);
        const describeIt = (): DatasetInfo => definition.describe(complete, files());
        const load = (): Promise<Dataset> => definition.load(complete, files());

        test("finds its files without downloading them", () => {
          expect(definition.find(complete, files())).toMatch(/./);
        });

        test("loads what it describes", async () => {
          const info = describeIt();
          const dataset = await load();
          expect(dataset.name).toMatch(/./);
          expect(dataset.exampleShape).toEqual(info.exampleShape);
          expect(dataset.exampleShape).toHaveLength(3); // (H, W, C)
          expect(dataset.classes).toBe(info.classes);
          expect(dataset.classNames).toEqual(info.classNames);
          expect([dataset.training.count, dataset.test.count]).toEqual([info.trainingCount, info.testCount]);
          const labels = info.trainingLabels ?? dataset.training.labels;
          expect(dataset.training.labels).toEqual(labels);
        });

        test("has images of the right size with valid labels in both splits", async () => {
          const { training, test: tested, exampleShape, classes, classNames } = await load();
          expect(classNames?.length ?? classes).toBe(classes);
          for (const split of [training, tested]) expectWhole(split, countElements(exampleShape), classes);
        });

        test("gives the same bytes when loaded again", async () => {
          const [first, second] = [await load(), await load()];
          expect(computeDigest(second)).toBe(computeDigest(first));
        });
      });
    }
  });
}

function expectWhole({ images, labels, count, origins }: Split, size: number, classes: number): void {
  expect(count).toBeGreaterThan(0);
  expect(images).toHaveLength(count * size);
  expect(labels).toHaveLength(count);
  expect(labels.findIndex((label) => label >= classes)).toBe(-1);
  expect(origins === undefined || origins.of(count - 1) !== undefined).toBe(true);
}
