import fc from "fast-check";
import { expect, test } from "vitest";

import { formatPath, parsePath } from "./path.ts";

test("a path has names joined by dots, entries in brackets, and keys with dots in quotes", () => {
  const parsed = parsePath('model.layers[1].units["a.b"]');
  expect(parsed.ok && parsed.steps.map(({ step }) => step)).toEqual(["model", "layers", 1, "units", "a.b"]);
});

test.each([
  ["", 0, "a name here"],
  [".a", 0, "a name here"],
  ["a.", 2, "a name here"],
  ["a..b", 2, "a name here"],
  ["a[", 1, "an entry number such as [0]"],
  ["a[x]", 1, "an entry number such as [0]"],
  ["a[-1]", 1, "an entry number such as [0]"],
  ["a[0]b", 4, 'a "." or "[" here'],
  ["a b", 1, 'a "." or "[" here'],
])("%j is not a path, from character %i on", (text, at, expected) => {
  expect(parsePath(text)).toEqual({ ok: false, at, expected });
});

test("a formatted path parses to the same path", () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !text.includes('"') && text !== "");
  const first = fc.stringMatching(/^[a-zA-Z_]+$/);
  fc.assert(
    fc.property(first, fc.array(fc.oneof(name, fc.nat(999_999_999))), (start, rest) => {
      const parsed = parsePath(formatPath([start, ...rest]));
      expect(parsed.ok && parsed.steps.map(({ step }) => step)).toEqual([start, ...rest]);
    }),
  );
});
