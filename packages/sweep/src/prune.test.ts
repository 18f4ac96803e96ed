import { readdirSync } from "node:fs";

import { findUntestedEntries } from "@nn/catalog/testing/untested-entries";
import { expect, test } from "vitest";
import { pruners } from "./catalog.ts";
import { createPruner } from "./prune.ts";

test("the catalog has every file of the folder, in alphabetical order, and describes each option", () => {
  const files = readdirSync(new URL("./pruners/", import.meta.url)).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  expect([...pruners.keys()].map((type) => `${type}.ts`)).toEqual(files.sort());
  for (const pruner of pruners.values()) {
    expect(pruner.description).toMatch(/without an objective .*\.$/);
    for (const option of Object.values(pruner.options.properties))
      expect(option).toHaveProperty("description");
  }
});

test("an unknown type is rejected with a list of the known ones", () => {
  expect(() => createPruner({ type: "wilcoxon" }, { epochs: 9, generations: [9], goal: "minimize" })).toThrow(
    `no pruner of type "wilcoxon"; there are ${[...pruners.keys()].join(", ")}`,
  );
});

test.each([
  ["samplers", "testSampler("],
  ["pruners", "testPruner("],
])("every entry of %s runs the contract suite in the test beside it", (folder, call) => {
  expect(findUntestedEntries(new URL(`./${folder}/`, import.meta.url), call)).toEqual([]);
});
