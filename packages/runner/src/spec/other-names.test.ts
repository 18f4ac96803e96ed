import { initializers, layers, losses, optimizers } from "@nn/layers";
import { expect, test } from "vitest";

import { adviceForOtherName, otherNames } from "./other-names.ts";

const catalogs = new Map<string, ReadonlyMap<string, unknown>>([
  ["layer", layers],
  ["loss", losses],
  ["optimizer", optimizers],
  ["initializer", initializers],
]);

test("a name from elsewhere is no entry here, and what it is called here is one", () => {
  for (const [title, names] of Object.entries(otherNames)) {
    for (const [name, advice] of Object.entries(names)) {
      expect(catalogs.get(title)?.has(name)).toBe(false);
      const here = /"([^"]+)"/.exec(advice)?.[1];
      if (here !== undefined) expect(catalogs.get(title)?.has(here)).toBe(true);
    }
  }
});

test("a name is found as people write it, and none where there is none", () => {
  expect(adviceForOtherName("layer", "Fully_Connected")).toBe('Here it is called "dense".');
  expect(adviceForOtherName("layer", "constructor")).toBeUndefined();
  expect(adviceForOtherName("data set", "mse")).toBeUndefined();
});
