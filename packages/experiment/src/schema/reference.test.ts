import { readFileSync } from "node:fs";

import { initializers, layers, losses, optimizers, schedules } from "@nn/layers";
import { augmentations, datasets } from "@nn/mnist";
import { pruners, samplers, typedSchemas } from "@nn/sweep";
import { expect, test } from "vitest";

import { reference } from "./reference.ts";
import type { CatalogEntry } from "./schema.ts";

const text = reference();
const lines = text.split("\n");

/** The cells of a table's row, without what pads them. */
function cells(row: string | undefined): string[] {
  return (row ?? "")
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** The lines below a heading, to the next one. */
function below(heading: string): string[] {
  const start = lines.indexOf(heading) + 1;
  const end = lines.findIndex((line, index) => index >= start && line.startsWith("#"));
  return start === 0 ? [] : lines.slice(start, end === -1 ? undefined : end);
}

function row(heading: string, key: string): string[] {
  return cells(below(heading).find((line) => cells(line)[0] === `\`${key}\``));
}

test("docs/reference.md is fresh: `pnpm run schema` would write the same", () => {
  expect(readFileSync(new URL("../../../../docs/reference.md", import.meta.url), "utf8")).toBe(text);
});

const catalogs = [
  layers,
  losses,
  optimizers,
  schedules,
  initializers,
  datasets,
  augmentations,
  samplers,
  pruners,
];

test.for(catalogs.flatMap((catalog) => Array.from<CatalogEntry>(catalog.values())))(
  "$type is there, with its description and each of its options",
  ({ type, description, options }) => {
    expect(below(`### ${type}`).map((line) => line.replaceAll(/\\(.)/g, "$1"))).toContain(description);
    for (const name of Object.keys(options.properties)) {
      const [key, takes, fallback, what] = row(`### ${type}`, name);
      expect([key, takes, fallback, what]).not.toContain("");
      expect(key).toBe(`\`${name}\``);
    }
  },
);

test.for(Object.entries(typedSchemas))(
  "%s among what to try is there, with what it takes",
  ([type, { properties }]) => {
    expect(Object.keys(properties).filter((name) => row(`### ${type}`, name).length === 4)).toEqual(
      Object.keys(properties).filter((name) => name !== "type"),
    );
  },
);

test("an option says what it takes, its bounds and its default", () => {
  expect(row("### dropout", "rate")).toEqual([
    "`rate`",
    "a number of at least 0 and below 1",
    "`0.5`",
    "Share of the numbers that are set to zero.",
  ]);
  expect(row("### dense", "units")[2]).toBe("required");
  expect(row("### float", "scale")[2]).toBe("–");
  expect(below("### relu")).toContain("No options.");
});

test("a key of the file stands with its path, and one that takes an entry of a catalog leads to them", () => {
  expect(row("## The file", "training.batchSize").slice(1, 3)).toEqual([
    "a whole number from 1 to 1000000",
    "`100`",
  ]);
  expect(row("## The file", "model.layers")[1]).toContain("[model.layers](#modellayers)");
  expect(row("## The file", "extends")[3]).toContain("Path of a base experiment");
  expect(lines).toContain("## model.layers");
});

test("what Markdown would take for its own is shown as it is", () => {
  expect(row("## The file", "name")[3]).toBe(
    String.raw`Name of the experiment and of its results folder, results/\<name>/.`,
  );
});
