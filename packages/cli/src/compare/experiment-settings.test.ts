import { expect, test } from "vitest";

import { findDifferingPaths, getSettings } from "./experiment-settings.ts";

const experiment = {
  name: "one",
  description: "x",
  seed: 1,
  model: { layers: [{ type: "dense", units: 8 }, { type: "relu" }] },
  augment: [],
  optimizer: { type: "sgd", learningRate: 0.1, momentum: 0 },
  sweep: { parameters: { "optimizer.learningRate": [0.1, 0.2] } },
};

test("settings are all values by their paths, without what does not change a trial", () => {
  expect([...getSettings(experiment)]).toEqual([
    ["seed", 1],
    ["model.layers[0].type", "dense"],
    ["model.layers[0].units", 8],
    ["model.layers[1].type", "relu"],
    ["augment", "[]"],
    ["optimizer.type", "sgd"],
    ["optimizer.learningRate", 0.1],
    ["optimizer.momentum", 0],
  ]);
});

test("a swept value replaces that of the file, and a swept block all of its settings", () => {
  expect(getSettings(experiment, { "optimizer.learningRate": "0.2" }).get("optimizer.learningRate")).toBe(
    0.2,
  );
  const swept = getSettings(experiment, { optimizer: "adam", "model.layers[0]": "{}" });
  expect([...swept.keys()]).toEqual([
    "seed",
    "model.layers[1].type",
    "augment",
    "optimizer",
    "model.layers[0]",
  ]);
  expect(getSettings({}, { a: "true", b: "", c: "1e-3", d: "he" })).toEqual(
    new Map<string, unknown>([
      ["a", true],
      ["b", null],
      ["c", 0.001],
      ["d", "he"],
    ]),
  );
});

test("paths differ if a value differs or is missing", () => {
  const of = (changes: object, folder: string | undefined = "x") => ({
    settings: getSettings({ ...experiment, ...changes }),
    folder,
  });
  expect(findDifferingPaths([of({}), of({ seed: 2, loss: { type: "mse" } })])).toEqual(["seed", "loss.type"]);
  expect(findDifferingPaths([of({}), of({ name: "two" })])).toEqual([]);
});

test("of a table without an experiment, only the swept values are compared", () => {
  const table = { settings: getSettings({}, { seed: "2" }) };
  expect(findDifferingPaths([{ settings: getSettings(experiment), folder: "x" }, table])).toEqual(["seed"]);
});
