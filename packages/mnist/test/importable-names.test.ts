import { findUnexportedNames } from "@nn/catalog/testing/unexported-names";
import * as mnist from "@nn/mnist";
import { expect, test } from "vitest";

test.each(["augment"])("custom parts can import every name that the parts in %s import", (folder) => {
  expect(findUnexportedNames(new URL(`../src/${folder}/`, import.meta.url), mnist)).toEqual([]);
});
