import * as fc from "fast-check";
import { expect, test } from "vitest";

import { toPrintable, toPrintableJson, toPrintableLine, shortenLine } from "./printable.ts";

/** Texts with many of the characters that a terminal interprets. */
const texts = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCodePoint(code)),
    fc.constantFrom("\u2028", "\u202E", "\u2066", "é", "日", "😀"),
  ),
});
// The general categories of Unicode: Cc are control characters, Zl and Zp separators, and these of Cf marks.
const interpreted = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

test("all characters that a terminal interprets are replaced, except line ends, and the length stays the same", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(toPrintable(text).replaceAll("\n", "")).not.toMatch(interpreted);
      expect(toPrintable(text)).toHaveLength(text.length);
      expect(toPrintableLine(text)).not.toMatch(interpreted);
    }),
  );
});

test("printable characters stay unchanged", () => {
  expect(toPrintable("née, <b>日本</b>\n😀")).toBe("née, <b>日本</b>\n😀");
  expect(toPrintable("\u001B[31mred\u009B0m\ttab\rover")).toBe("�[31mred�0m→tab�over");
  expect(toPrintableLine("a\nb")).toBe("a↵b");
});

test("JSON has the same value, and nothing that a terminal interprets", () => {
  fc.assert(
    fc.property(fc.dictionary(texts, fc.oneof(texts, fc.array(texts))), (value) => {
      const json = toPrintableJson(value);
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(json.replaceAll("\n", "")).not.toMatch(interpreted);
    }),
  );
});

test("a long text is cut, a short one is not", () => {
  expect(shortenLine("abc", 3)).toBe("abc");
  expect(shortenLine("ab\ncd", 3)).toBe("ab↵…");
});
