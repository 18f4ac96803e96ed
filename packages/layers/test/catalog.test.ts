import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { initializers, isLayerDefinition, layers, losses, optimizers, schedules } from "@nn/layers";
import { describe, expect, test } from "vitest";

import { dense } from "../src/layers/dense.ts";

const folders = [
  { folder: "layers", suite: "testLayer(", catalog: layers },
  { folder: "losses", suite: "testLoss(", catalog: losses },
  { folder: "optimizers", suite: "testOptimizer(", catalog: optimizers },
  { folder: "schedules", suite: "testSchedule(", catalog: schedules },
  { folder: "initializers", suite: "testInitializer(", catalog: initializers },
];

describe.each(folders)("the catalog of $folder", ({ folder, suite, catalog }) => {
  const path = fileURLToPath(new URL(`../src/${folder}/`, import.meta.url));
  const names = readdirSync(path)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => file.replace(/\.ts$/, ""));

  test("has one entry per file, named after it, in alphabetical order", () => {
    expect([...catalog.keys()]).toEqual(names.sort());
    for (const [type, definition] of catalog) expect(definition.type).toBe(type);
  });

  test.each(names)("%s runs the contract suite in the test beside it", (name) => {
    const testFile = `${path}${name}.test.ts`;
    expect(existsSync(testFile), `${testFile} exists`).toBe(true);
    expect(readFileSync(testFile, "utf8")).toContain(suite);
  });

  test.each([...catalog.values()])("$type has a description for itself and for each option", (definition) => {
    expect(definition.description).toMatch(/^[A-Z].*\.$/);
    for (const schema of Object.values(definition.options.properties)) {
      expect(schema).toMatchObject({ description: expect.stringMatching(/^[A-Z].*\.$/) });
    }
  });
});

test("every built-in schedule has a warm-up", () => {
  const without = [...schedules.values()].filter(
    ({ options }) => !Object.hasOwn(options.properties, "warmup"),
  );
  expect(without.map(({ type }) => type)).toEqual([]);
});

test("an entry is the definition that its file exports, not a copy", () => {
  expect(layers.get("dense")).toBe(dense);
});

test("a definition is recognized by its fields", () => {
  expect(isLayerDefinition(dense)).toBe(true);
  expect(isLayerDefinition({ ...dense, plan: undefined })).toBe(false);
  expect(isLayerDefinition(losses.get("cross-entropy"))).toBe(false);
  expect(isLayerDefinition(null)).toBe(false);
});
