import { initializers, layers, losses, optimizers } from "@nn/layers";
import { pruners, samplers } from "@nn/sweep";
import { expect, test } from "vitest";

import { adviceForOtherName, otherNames } from "./other-names.ts";

const catalogs = new Map<string, ReadonlyMap<string, unknown>>([
  ["layer", layers],
  ["loss", losses],
  ["optimizer", optimizers],
  ["initializer", initializers],
  ["sampler", samplers],
  ["pruner", pruners],
  ["range", new Map(["float", "int", "bool", "choice"].map((type) => [type, type]))],
]);

const known = Object.entries(otherNames).flatMap(([title, names]) =>
  Object.entries(names).map(([name, advice]) => ({ title, name, here: /"([^"]+)"/.exec(advice)?.[1] })),
);

test("a name from elsewhere is no entry here", () => {
  expect(known.filter(({ title, name }) => catalogs.get(title)?.has(name) !== false)).toEqual([]);
});

test("what it is called here is an entry", () => {
  const named = known.filter(({ here }) => here !== undefined);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter(({ title, here = "" }) => catalogs.get(title)?.has(here) !== true)).toEqual([]);
});

test("a name is found as people write it, and none where there is none", () => {
  expect(adviceForOtherName("layer", "Fully_Connected")).toBe('Here it is called "dense".');
  expect(adviceForOtherName("layer", "constructor")).toBeUndefined();
  expect(adviceForOtherName("data set", "mse")).toBeUndefined();
});
