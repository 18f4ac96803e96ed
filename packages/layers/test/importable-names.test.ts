import { findUnexportedNames } from "@nn/catalog/testing/unexported-names";
import * as layers from "@nn/layers";
import { expect, test } from "vitest";

test.each(["layers", "losses", "optimizers", "schedules", "initializers"])(
  "custom parts can import every name that the parts in %s import",
  (folder) => {
    expect(findUnexportedNames(new URL(`../src/${folder}/`, import.meta.url), layers)).toEqual([]);
  },
);
