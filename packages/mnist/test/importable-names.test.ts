import { unexportedNames } from "@nn/catalog/testing/importable-names";
import * as mnist from "@nn/mnist";
import { expect, test } from "vitest";

test.each(["augment"])("a custom part may import what those in %s do", (folder) => {
  expect(unexportedNames(new URL(`../src/${folder}/`, import.meta.url), mnist)).toEqual([]);
});
