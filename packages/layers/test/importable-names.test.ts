import { unexportedNames } from "@nn/catalog/testing/importable-names";
import * as layers from "@nn/layers";
import { expect, test } from "vitest";

test.each(["layers", "losses", "optimizers", "schedules", "initializers"])(
  "a custom part may import what those in %s do",
  (folder) => {
    expect(unexportedNames(new URL(`../src/${folder}/`, import.meta.url), layers)).toEqual([]);
  },
);
