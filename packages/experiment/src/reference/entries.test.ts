import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { resolveLayer, layers, planModel, type LayerBlock, type LayerResolver } from "@nn/layers";
import { isRecord } from "@nn/training";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse } from "yaml";

import { createEditorSchema } from "../schema/editor-schema.ts";
import { fillDefaults } from "../schema/json-schema.ts";
import { getEntrySchema } from "../schema/schema.ts";
import { catalogs, type Catalog } from "./catalogs.ts";
import { createRootTopic, iterateTopics, type Topic } from "./topics.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const topics = [...iterateTopics(createRootTopic())];
const entries = topics.filter(({ entry }) => entry !== undefined);

test("each entry of each catalog is a topic, at the home of its catalog", () => {
  const paths = [...catalogs.values()].flatMap(({ home, entries }) =>
    [...entries.keys()].map((type) => `${home}.${type}`),
  );
  expect(entries.map(({ path }) => path).sort()).toEqual(paths.sort());
});

const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(createEditorSchema()));

/** Returns the mistakes of a line of YAML, put into an experiment at its key. */
function mistakes({ path, example = "" }: Topic): unknown {
  const home = [...catalogs.values()].find(({ home }) => path.startsWith(`${home}.`));
  const isKeyOfFile = home === undefined || topics.find((each) => each.path === path)?.isFileKey === true;
  const data: Record<string, unknown> = parse(isKeyOfFile ? example : inFile(home, example));
  validate({ extends: "./base.yaml", ...data });
  return validate.errors ?? [];
}

/** Wraps the line of an entry in the blocks that contain it. */
function inFile({ home }: Catalog, example: string): string {
  const above = home.split(".");
  if (!example.startsWith("- ") && home !== "sweep.parameters") above.pop();
  const lines = above.map((key, depth) => `${"  ".repeat(depth)}${key}:`);
  return [...lines, "  ".repeat(above.length) + example].join("\n");
}

test.for(topics)("the example for $path is one line of valid YAML", (topic) => {
  expect(topic.example).toMatch(/^\S.*$/);
  expect(topic.example).toContain(topic.isFileKey || topic.entry !== undefined ? "" : "type: ");
  expect(mistakes(topic)).toEqual([]);
});

test("a line with a wrong option is noticed", () => {
  const adam = topics.find(({ path }) => path === "optimizer.adam")!;
  expect(mistakes({ ...adam, example: "optimizer: { type: adam, momentum: 0.9 }" })).not.toEqual([]);
  expect(mistakes({ ...adam, example: "optimizer: { type: adm }" })).not.toEqual([]);
});

test.for(topics)("$path is described in sentences", ({ description }) => {
  expect(description).toMatch(/^[A-Z].*\.$/);
});

test.for(entries.filter(({ name }) => name !== "list"))(
  "$path names the file that defines it",
  ({ name, entry }) => {
    const file = `${root}${entry!.source}`;
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, "utf8")).toMatch(new RegExp(`["(]${name}"`));
  },
);

const computed = [
  "model.layers",
  "loss",
  "optimizer",
  "schedule",
  "model.initializer",
  "augment",
  "training.average",
];
const chosen = ["sweep.sampler", "sweep.pruner"];

/** Returns the entries of these catalogs. */
function entriesOf(homes: readonly string[]): Topic[] {
  return entries.filter(({ path, name }) => homes.includes(path.slice(0, -name.length - 1)));
}

test.for(entriesOf(computed))("$path has its formula", ({ entry }) => {
  expect(entry!.formula.join("")).not.toBe("");
});

test.for(entriesOf(chosen))("$path has its paper, or a formula that defines it", ({ entry }) => {
  expect(`${entry!.paper ?? ""}${entry!.formula.join("")}`).not.toBe("");
});

test.for(entries.filter(({ entry }) => entry!.paper !== undefined))(
  "the paper of $path has authors, year and title",
  ({ entry }) => {
    for (const paper of entry!.paper!.split("; "))
      expect(paper).toMatch(/^(.+: )?\p{Lu}.* \d{4}, \S.*[^.]$/u);
  },
);

/** A size for each letter that names an axis. */
const AXES: Readonly<Record<string, number>> = { H: 28, W: 28, C: 4, T: 12, D: 8 };

/** Converts `(N, T, D)` to the sizes of one example; undefined if only the plan determines them. */
function sizesOf(shape: string, options: Readonly<Record<string, unknown>>): (number | undefined)[] {
  const axes = shape.slice("(N, ".length, -1).split(", ");
  if (axes.length === 1 && axes[0] === "…") return [28, 28, 4];
  return axes.flatMap((axis) => {
    if (axis === "…") return [28, 28];
    const option = options[axis];
    if (typeof option === "number") return [option];
    const factors = axis.split("·").map((letter) => AXES[letter] ?? NaN);
    const size = factors.reduce((product, factor) => product * factor);
    return [Number.isNaN(size) ? undefined : size];
  });
}

const source: LayerResolver = {
  find: (type) => layers.get(type)!,
  complete: (definition, written) => {
    const options = fillDefaults(getEntrySchema(definition), written);
    return isRecord(options) ? options : {};
  },
};

test.for(entriesOf(["model.layers"]))(
  "the shapes of $name are the planned ones",
  ({ example = "", entry }) => {
    const shapes = /^x (\(N, [^)]*\)) → y(?: (\(N, [^)]*\)))?/.exec(entry!.shapes ?? "");
    const [, input = "", output] = shapes ?? [];
    expect(input).not.toBe("");
    const [block]: [LayerBlock] = parse(example);
    const inputShape = sizesOf(input, block).map((size) => size!);
    const { outputShape } = planModel([resolveLayer(block, source)], inputShape);
    // The text after it describes how inner layers or options change the shape.
    if (output === undefined || output.includes("…shape")) return;
    const sizes = sizesOf(output, block);
    expect(outputShape).toEqual(sizes.map((size, axis) => size ?? outputShape[axis]));
    expect(sizes.some((size) => size !== undefined)).toBe(true);
  },
);
