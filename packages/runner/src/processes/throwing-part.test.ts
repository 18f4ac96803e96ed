import { relative } from "node:path";

import { toySpec } from "@nn/training/testing/toy-training";
import { expect, test } from "vitest";

import { describeThrowingPart, findPartFile } from "./throwing-part.ts";

const experimentFolder = "/project/experiments";
const here = (file: string): string => relative(process.cwd(), file);

const spec = {
  ...toySpec,
  model: {
    ...toySpec.model,
    layers: [
      { type: "flatten" },
      { type: "repeat", layers: [{ type: "./a.ts" }, { type: "../b c.ts" }] },
      { type: "./twice.ts" },
      { type: "./twice.ts", inner: { type: "./option.ts" } },
    ],
  },
  optimizer: { type: "./sgd.ts", path: "./none.ts" },
};
const describe = (stack: string) => describeThrowingPart(stack, { spec, experimentFolder });

const frame = (file: string, place: string): string => `    at build (file://${file}:${place})`;
const other = frame("/project/packages/model.ts", "1:1");

test("the innermost call in a custom part is described, with its place in the experiment", () => {
  const stack = ["Error: no", other, frame("/project/experiments/a.ts", "12:15"), other];
  expect(describe([...stack, frame("/project/experiments/sgd.ts", "1:2")].join("\n"))).toBe(
    `${here("/project/experiments/a.ts")}:12:15, model.layers[1].layers[0]`,
  );
  expect(describe(frame("/project/experiments/sgd.ts", "3:4"))).toBe(
    `${here("/project/experiments/sgd.ts")}:3:4, optimizer`,
  );
  expect(describe(frame("/project/experiments/option.ts", "3:4"))).toBe(
    `${here("/project/experiments/option.ts")}:3:4, model.layers[3].inner`,
  );
});

test("of a file that is used twice, both places are named", () => {
  expect(describe(frame("/project/experiments/twice.ts", "3:4"))).toBe(
    `${here("/project/experiments/twice.ts")}:3:4, model.layers[2] or model.layers[3]`,
  );
});

test("a frame may have no function, and its address a query and encoded characters", () => {
  const text = `${here("/project/b c.ts")}:5:6, model.layers[1].layers[1]`;
  expect(describe("    at file:///project/b%20c.ts:5:6")).toBe(text);
  expect(describe("    at run (file:///project/b%20c.ts?v=1:2:5:6)")).toBe(text);
  expect(describe("    at run (file:///project/b%20c.ts#v:5:6)\n    at end")).toBe(text);
});

test("without a custom part in the stack, there is nothing to describe", () => {
  expect(describe("")).toBeUndefined();
  expect(describe(["Error: no", other].join("\n"))).toBeUndefined();
  // Another file of the experiment, which no part names as its type.
  expect(describe(frame("/project/experiments/none.ts", "1:1"))).toBeUndefined();
  // A message is not a frame.
  expect(describe("Error: in file:///project/experiments/a.ts:1:1 is an error")).toBeUndefined();
});

test("the file of the part at a path is found, and none for other blocks", () => {
  const find = (...path: (string | number)[]) => findPartFile(path, { spec, experimentFolder });
  expect(find("model", "layers", 1, "layers", 0)).toBe(here("/project/experiments/a.ts"));
  expect(find("model", "layers", 1, "layers", 1)).toBe(here("/project/b c.ts"));
  expect(find("optimizer")).toBe(here("/project/experiments/sgd.ts"));
  expect(find("model", "layers", 0)).toBeUndefined();
  expect(find("model", "layers", 1)).toBeUndefined();
  expect(find("optimizer", "path")).toBeUndefined();
});
