import { toPrintable } from "@nn/platform/printable";

/**
 * Escapes a text so that Markdown shows it unchanged, on one line, without markup or HTML. Also escapes
 * characters that a terminal would interpret. `formatMarkdownTable` escapes the vertical bars of tables.
 */
export function escapeMarkdown(text: string): string {
  return (
    toPrintable(text.replaceAll(/\s+/g, " ").trim())
      // An underscore inside a word is not markup.
      .replaceAll(/[\\`*[\]<~]|&(?=#?\w+;)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\$&")
      // At the start, these characters make a heading, a quotation or a list.
      .replace(/^[#=>]|^[+-](?=[ +-])/, "\\$&")
      .replace(/^(\d+)([.)] )/, "$1\\$2")
  );
}
