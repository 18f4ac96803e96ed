import type { Cells } from "./measurements.ts";

/** The text between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`, and the indentation of the markers. */
const BLOCK = /^( *)<!-- bench:([\w-]+) -->\n.*?^ *<!-- \/bench:\2 -->$/gms;

/** Returns the names of a document's generated tables. */
export function tableNames(document: string): string[] {
  return [...document.matchAll(BLOCK)].map(([, , name = ""]) => name);
}

/** Replaces each generated table for which `render` returns one. A table that it returns none for stays. */
export function replaceTables(document: string, render: (name: string) => string | undefined): string {
  return document.replaceAll(BLOCK, (block, indent: string, name: string) => {
    const table = render(name);
    if (table === undefined) return block;
    const lines = [`<!-- bench:${name} -->`, "", ...table.split("\n"), "", `<!-- /bench:${name} -->`];
    return lines.map((line) => (line === "" ? "" : `${indent}${line}`)).join("\n");
  });
}

/** A table in Markdown with padded columns, as the formatter writes it. */
export function markdownTable(header: readonly string[], rows: readonly Cells[]): string {
  const all = [header, ...rows.map((cells) => cells.flat())];
  const widths = header.map((_, column) => Math.max(3, ...all.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const padded = all.map((row) => line(widths.map((width, column) => (row[column] ?? "").padEnd(width))));
  return [padded[0], line(widths.map((width) => "-".repeat(width))), ...padded.slice(1)].join("\n");
}
