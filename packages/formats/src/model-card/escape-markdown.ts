import { toPrintable } from "@nn/platform/printable";

/**
 * Returns a text on one line that Markdown shows as it is: no markup, no HTML, and no characters that a
 * terminal would interpret. The vertical bars of tables are escaped by `formatMarkdownTable`.
 */
export function escapeMarkdown(text: string): string {
  return (
    toPrintable(text.replaceAll(/\s+/g, " ").trim())
      // An underscore inside a word is no markup.
      .replaceAll(/[\\`*[\]<~]|&(?=#?\w+;)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\$&")
      // At the start, these make a heading, a quotation or a list.
      .replace(/^[#=>]|^[+-](?=[ +-])/, "\\$&")
      .replace(/^(\d+)([.)] )/, "$1\\$2")
  );
}
