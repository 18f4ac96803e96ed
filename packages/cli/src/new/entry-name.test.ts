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
])("%s is rejected, and %s is suggested", (name, proposed) => {
  expect(nameProblem("layer", name, [])).toContain(`did you mean "${proposed}"?`);
});

test.each(["", "-", "../x", "a/b", "ä"])("%o is rejected", (name) => {
  expect(nameProblem("layer", name, [])).toContain("is not a valid name for a layer");
});

test("a name that the file imports is rejected", () => {
  expect(nameProblem("schedule", "after-warmup", [])).toContain("choose another name");
  expect(nameProblem("layer", "define-layer", [])).toContain("choose another name");
  expect(nameProblem("sampler", "draw", [])).toContain("choose another name");
  expect(nameProblem("dataset", "draw-split", [])).toContain("choose another name");
  expect(nameProblem("layer", "draw", [])).toBeUndefined();
});

test("an existing name is rejected", () => {
  expect(nameProblem("loss", "hinge", ["focal", "hinge"])).toBe('a loss "hinge" already exists');
});
