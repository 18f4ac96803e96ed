import { expect, test } from "vitest";

import { nameProblem, valueName } from "./entry-name.ts";

test.each([
  ["softsign", "softsign"],
  ["hard-tanh", "hardTanh"],
  ["max-pool2d", "maxPool2d"],
])("%s is exported as %s", (type, value) => {
  expect(nameProblem("layer", type, ["relu"])).toBeUndefined();
  expect(valueName(type)).toBe(value);
});

test.each([
  ["HardTanh", "hard-tanh"],
  ["hard_tanh", "hard-tanh"],
  ["hard--tanh", "hard-tanh"],
  ["class", "class-layer"],
])("%s is refused, and %s proposed", (name, proposed) => {
  expect(nameProblem("layer", name, [])).toContain(`did you mean "${proposed}"?`);
});

test.each(["", "-", "../x", "a/b", "ä"])("%o is refused", (name) => {
  expect(nameProblem("layer", name, [])).toContain("is not a valid name for a layer");
});

test("a name that the file imports is refused", () => {
  expect(nameProblem("schedule", "after-warmup", [])).toContain("choose another name");
  expect(nameProblem("layer", "define-layer", [])).toContain("choose another name");
  expect(nameProblem("sampler", "draw", [])).toContain("choose another name");
  expect(nameProblem("dataset", "draw-split", [])).toContain("choose another name");
  expect(nameProblem("layer", "draw", [])).toBeUndefined();
});

test("a name that is taken is refused", () => {
  expect(nameProblem("loss", "hinge", ["focal", "hinge"])).toBe('a loss "hinge" already exists');
});
