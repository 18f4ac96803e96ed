import { expect, test } from "vitest";

import { escapeMarkdown } from "./escape-markdown.ts";

test.each([
  ["cat", "cat"],
  ["snow_leopard 0.5", "snow_leopard 0.5"],
  ["<b>cat</b>", String.raw`\<b>cat\</b>`],
  ["\u001B[31mcat", String.raw`�\[31mcat`],
  ["a\nb\tc", "a b c"],
  ["_a_ *b* `c` [d](e) &lt; \\", String.raw`\_a\_ \*b\* \`c\` \[d\](e) \&lt; \\`],
  ["# cat", String.raw`\# cat`],
  ["> cat", String.raw`\> cat`],
  ["-0.5", "-0.5"],
  ["- cat", String.raw`\- cat`],
  ["1. cat", String.raw`1\. cat`],
])("%j is shown as it is", (text, escaped) => {
  expect(escapeMarkdown(text)).toBe(escaped);
});
