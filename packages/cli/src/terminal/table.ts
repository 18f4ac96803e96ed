import { toPrintableLine } from "@nn/platform/printable";
import Table from "cli-table3";

/** Separates columns by two spaces instead of lines, so that the table can be pasted anywhere. */
const noLines = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** A column: its header and the alignment of its cells. */
export interface Column {
  readonly head: string;
  readonly align: "left" | "right";
}

/**
 * Formats rows as aligned columns. Replaces characters in cells that a terminal would interpret. If the table
 * is wider than `width`, lists the non-empty cells of each row instead, each after its header. A value is
 * wrapped only if it alone is too wide.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const heads = columns.map((column) => ({ ...column, head: toPrintableLine(column.head) }));
  const cells = rows.map((row) => row.map(toPrintableLine));
  const lines = render(heads, cells);
  return Math.max(...lines.map(getVisibleLength)) <= width
    ? lines
    : cells.flatMap((row) => listed(heads, row, width));
}

/** Formats a row as `header value` pairs, on as many lines as needed. */
function listed(
  columns: readonly Column[],
  [first = "", ...cells]: readonly string[],
  width: number,
): string[] {
  const [, ...others] = columns;
  const pairs = others.flatMap(({ head }, index) => {
    const cell = cells[index] ?? "";
    return cell === "" ? [] : [head === "" ? cell : `${head} ${cell}`];
  });
  const lead = first === "" ? [] : [columns[0]!.head === "" ? first : `${columns[0]!.head} ${first}`];
  return fill([...lead, ...pairs], width, "    ");
}

/**
 * Joins pieces with two spaces, as many per line as fit. Indents every line except the first. Wraps a piece
 * that is too wide at a space.
 */
function fill(pieces: readonly string[], width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces) {
    const joined = line === "" ? piece : `${line}  ${piece}`;
    const isFirst = line === "";
    if (isFirst || getVisibleLength(joined) <= width) line = joined;
    else {
      lines.push(line);
      line = `${indent}${piece}`;
    }
    const parts = wrapWords(line, width, `${indent}  `);
    lines.push(...parts.slice(0, -1));
    line = parts.at(-1)!;
  }
  return [...lines, line];
}

/**
 * Wraps a text at spaces. A word that is wider than the line is not broken. Indents every line except the
 * first.
 */
export function wrapWords(text: string, width: number, indent = "  "): string[] {
  if (getVisibleLength(text) <= width) return [text];
  const [start = ""] = /^ */.exec(text) ?? [];
  const lines: string[] = [];
  let line = "";
  for (const [word] of text.slice(start.length).matchAll(/ *[^ ]+/g)) {
    if (line === "") line = `${lines.length === 0 ? start : indent}${word.trimStart()}`;
    else if (getVisibleLength(line + word) <= width) line += word;
    else {
      lines.push(line);
      line = `${indent}${word.trimStart()}`;
    }
  }
  return [...lines, line];
}

function render(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const table = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align }) => align),
    chars: noLines,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
  });
  for (const row of rows) table.push(columns.map((_column, index) => row[index] ?? ""));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
}

/** Returns the length of a line without its color codes. */
function getVisibleLength(line: string): number {
  // oxlint-disable-next-line no-control-regex -- the escape character begins a color code
  return line.replaceAll(/\u001b\[[0-9;]*m/g, "").length;
}
