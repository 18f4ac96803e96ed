import { expect, test } from "vitest";

import { formatSuggestion, findNearestName } from "./suggestion.ts";

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
  expect(findNearestName(name, keys)).toBe(meant);
});

test("two swapped letters are one mistake, even in a short name", () => {
  expect(findNearestName("sdg", ["adam", "sgd"])).toBe("sgd");
  expect(findNearestName("abc", ["adam", "sgd"])).toBeUndefined();
});

test("a suggestion is a question", () => {
  expect(formatSuggestion("unit", ["units"])).toBe('did you mean "units"?');
  expect(formatSuggestion("x", ["units"])).toBeUndefined();
});
