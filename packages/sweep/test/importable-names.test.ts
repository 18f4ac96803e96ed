import { findUnexportedNames } from "@nn/catalog/testing/unexported-names";
import * as sweep from "@nn/sweep";
import { expect, test } from "vitest";

test.each(["samplers", "pruners"])(
  "a custom part can import everything that the files in %s import",
  (folder) => {
    expect(findUnexportedNames(new URL(`../src/${folder}/`, import.meta.url), sweep)).toEqual([]);
  },
);
