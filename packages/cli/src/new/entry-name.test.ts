import { expect, test } from "vitest";

import { checkEntryName, toValueName } from "./entry-name.ts";

test.each([
  ["softsign", "softsign"],
  ["hard-tanh", "hardTanh"],
  ["max-pool2d", "maxPool2d"],
])("%s is exported as %s", (type, value) => {
  expect(checkEntryName("layer", type, ["relu"])).toBeUndefined();
  expect(toValueName(type)).toBe(value);
});

test.each([
  ["HardTanh", "hard-tanh"],
  ["hard_tanh", "hard-tanh"],
  ["hard--tanh", "hard-tanh"],
  ["class", "class-layer"],
  ["con", "con-layer"],
  ["CON", "con-layer"],
  ["Class", "class-layer"],
  ["lpt1", "lpt1-layer"],
])("%s is rejected, and %s is suggested", (name, proposed) => {
  expect(checkEntryName("layer", name, [])).toContain(`did you mean "${proposed}"?`);
});

test.each(["", "-", "../x", "a/b", "ä"])("%o is rejected", (name) => {
  expect(checkEntryName("layer", name, [])).toContain("is not a valid name for a layer");
});

test("a name longer than 100 characters is rejected", () => {
  expect(checkEntryName("layer", "x".repeat(100), [])).toBeUndefined();
  expect(checkEntryName("optimizer", "x".repeat(101), [])).toBe(
    `"${"x".repeat(20)}…" is not a valid name for an optimizer: it has 101 characters, at most 100 are allowed\n` +
      "  Choose a shorter name.",
  );
});

test("a name that the file imports is rejected", () => {
  expect(checkEntryName("schedule", "build-with-warmup", [])).toContain("choose another name");
  expect(checkEntryName("layer", "define-layer", [])).toContain("choose another name");
  expect(checkEntryName("sampler", "draw-value", [])).toContain("choose another name");
  expect(checkEntryName("dataset", "draw-split", [])).toContain("choose another name");
  expect(checkEntryName("layer", "draw", [])).toBeUndefined();
});

test("a name that already exists is rejected", () => {
  expect(checkEntryName("loss", "hinge", ["focal", "hinge"])).toBe('a loss "hinge" already exists');
  expect(checkEntryName("optimizer", "adam", ["adam"])).toBe('an optimizer "adam" already exists');
});
