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

/** A column: its head, which side its cells lean to, and whether it may be left out where the terminal is narrow. */
export interface Column {
  readonly head: string;
  readonly align: "left" | "right";
  /** The higher, the sooner it is left out; 0 or absent: never. */
  readonly dispensable?: number;
}

/** Lines of aligned columns, at most `width` wide as far as leaving out columns helps. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const shown = columns.map((_column, index) => index);
  for (;;) {
    const lines = render(columns, rows, shown);
    const widest = Math.max(...lines.map(visibleLength));
    const dispensable = shown.filter((index) => (columns[index]!.dispensable ?? 0) > 0);
    if (widest <= width || dispensable.length === 0) return lines;
    const least = dispensable.reduce((a, b) =>
      columns[b]!.dispensable! >= columns[a]!.dispensable! ? b : a,
    );
    shown.splice(shown.indexOf(least), 1);
  }
}

function render(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  shown: readonly number[],
): string[] {
  const table = new Table({
    head: shown.map((index) => columns[index]!.head),
    colAligns: shown.map((index) => columns[index]!.align),
    chars: noLines,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
  });
  for (const row of rows) table.push(shown.map((index) => row[index] ?? ""));
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
