import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pruners } from "./catalog.ts";
import { createPruner } from "./prune.ts";

test("the catalog has every file of the folder, in alphabetical order, described with its options", () => {
  const files = readdirSync(new URL("./pruners/", import.meta.url)).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  expect([...pruners.keys()].map((type) => `${type}.ts`)).toEqual(files.sort());
  for (const pruner of pruners.values()) {
    expect(pruner.description).toMatch(/without a cost .*\.$/);
    for (const option of Object.values(pruner.options.properties))
      expect(option).toHaveProperty("description");
  }
});

test("an unknown type is told with those that there are", () => {
  expect(() => createPruner({ type: "wilcoxon" }, { epochs: 9, generations: [9], goal: "minimize" })).toThrow(
    `no pruner of type "wilcoxon"; there are ${[...pruners.keys()].join(", ")}`,
  );
});

test.each([...pruners.keys()])("the test of %s holds it to what every pruner promises", (type) => {
  const file = new URL(`./pruners/${type}.test.ts`, import.meta.url);
  expect(readFileSync(file, "utf8")).toContain("testPruner(");
});
