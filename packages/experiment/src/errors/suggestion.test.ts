import { expect, test } from "vitest";

import { didYouMean, nearest } from "./suggestion.ts";

const keys = ["learningRate", "momentum", "nesterov", "weightDecay"];

test.each([
  ["learningrate", "learningRate"],
  ["learning_rate", "learningRate"],
  ["leraningRate", "learningRate"],
  ["momemtum", "momentum"],
  ["decay", undefined],
  ["units", undefined],
  ["", undefined],
])("%s was meant as %s", (name, meant) => {
  expect(nearest(name, keys)).toBe(meant);
});

test("two swapped letters are one mistake, even in a short name", () => {
  expect(nearest("sdg", ["adam", "sgd"])).toBe("sgd");
  expect(nearest("abc", ["adam", "sgd"])).toBeUndefined();
});

test("a name can be the start of another one, if no name is more similar", () => {
  expect(nearest("fashion", ["mnist", "fashion-mnist"])).toBe("fashion-mnist");
  expect(nearest("momen", ["momentary", "moment"])).toBe("moment");
  expect(nearest("fas", ["mnist", "fashion-mnist"])).toBeUndefined();
});

test("a suggestion is a question", () => {
  expect(didYouMean("unit", ["units"])).toBe('did you mean "units"?');
  expect(didYouMean("x", ["units"])).toBeUndefined();
});
