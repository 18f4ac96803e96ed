import Table from "cli-table3";

/** No lines between cells: two spaces do, and a table can be pasted anywhere. */
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

/** A column: its head and which side its cells lean to. */
export interface Column {
  readonly head: string;
  readonly align: "left" | "right";
}

/**
 * Lines of aligned columns; where these are wider than `width`, a list of the rows with the head before each
 * value, in as many lines as it takes. Nothing is left out, and no line is broken within a value unless that
 * alone is too wide.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const lines = render(columns, rows);
  return Math.max(...lines.map(visibleLength)) <= width
    ? lines
    : rows.flatMap((row) => listed(columns, row, width));
}

/** A row as `head value` by `head value`, below its first cell. */
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
 * Pieces two spaces apart, as many in a line as fit; every line but the first is indented. A piece that is
 * too wide goes on at a space.
 */
function fill(pieces: readonly string[], width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces) {
    const joined = line === "" ? piece : `${line}  ${piece}`;
    const isFirst = line === "";
    if (isFirst || visibleLength(joined) <= width) line = joined;
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
 * The text in lines that are no wider, broken at spaces; a word that is wider stays whole. Every line but the
 * first is indented.
 */
export function wrapWords(text: string, width: number, indent = "  "): string[] {
  if (visibleLength(text) <= width) return [text];
  const [start = ""] = /^ */.exec(text) ?? [];
  const lines: string[] = [];
  let line = "";
  for (const [word] of text.slice(start.length).matchAll(/ *[^ ]+/g)) {
    if (line === "") line = `${lines.length === 0 ? start : indent}${word.trimStart()}`;
    else if (visibleLength(line + word) <= width) line += word;
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

/** Without the colour codes. */
function visibleLength(line: string): number {
  // oxlint-disable-next-line no-control-regex -- the escape character begins a colour code
  return line.replaceAll(/\u001b\[[0-9;]*m/g, "").length;
}
