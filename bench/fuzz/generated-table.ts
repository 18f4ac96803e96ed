import { gzipSync } from "node:zlib";

import { hostileTexts, type RandomChoices } from "./random-choices.ts";

/** A table as a file, and whether a reader must read the written values. */
export interface GeneratedTable {
  readonly bytes: Uint8Array;
  readonly what: string;
  /**
   * `same`: a reader must read these cells. `exact`: a reader may reject it, or must read these cells.
   * `wrong`: a reader must reject it. `open`: a reader may read other cells.
   */
  readonly state: "same" | "exact" | "wrong" | "open";
}

/** Cells that are invalid for a pixel, a count or a metric. */
const WRONG_CELLS = [
  "1e400",
  "-1e400",
  "0x1F",
  "1,024",
  "1.024,5",
  "NaN",
  "-3",
  "",
  " ",
  "12 3",
  "½",
  "1_000",
  "true",
  "\u0000",
  "\u001B[31m7",
  "7".repeat(1_000_000),
  "٣",
];

/**
 * Formats rows of cells as CSV, either valid or corrupted. `isNumber(row, column)`: whether a cell is a
 * number.
 */
export function generateTable(
  rows: readonly (readonly string[])[],
  chance: RandomChoices,
  {
    isNumber,
    mayPack,
  }: { readonly isNumber: (row: number, column: number) => boolean; readonly mayPack: boolean },
): GeneratedTable {
  const plain = (all: readonly (readonly string[])[], end = "\n", all2 = false): string =>
    `${all.map((row) => row.map((cell) => quoted(cell, all2)).join(",")).join(end)}${end}`;
  const text = plain(rows);
  const bytes = Buffer.from(text);
  const row = chance.integer(Math.min(1, rows.length - 1), rows.length - 1);
  const numbers = (rows[row] ?? []).flatMap((_cell, column) => (isNumber(row, column) ? [column] : []));
  const column = numbers.length === 0 ? 0 : chance.one(numbers);
  const withCell = (cell: string): (readonly string[])[] =>
    rows.map((each, index) => (index === row ? each.with(column, cell) : each));
  const wrong = chance.one(WRONG_CELLS);
  const hasNumber = numbers.length > 0;
  const state = (known: GeneratedTable["state"]): GeneratedTable["state"] => (hasNumber ? known : "open");
  const delimiter = chance.one([";", "\t", "|", " "]);
  const cut = chance.integer(0, Math.max(0, bytes.length - 2));
  const latin1 = Buffer.from(text, "latin1");
  const isAscii = /^[\u0000-\u007F]*$/.test(text); // oxlint-disable-line no-control-regex -- ASCII has them
  const [what, content, found] = chance.weighted<
    () => readonly [string, string | Uint8Array, GeneratedTable["state"]]
  >([
    [6, () => ["as it is", text, "same"]],
    [2, () => ["all quoted", plain(rows, "\n", true), "same"]],
    [2, () => ["CRLF", plain(rows, "\r\n"), "same"]],
    [1, () => ["CR alone", plain(rows, "\r"), "exact"]],
    [2, () => ["a byte order mark", `\uFEFF${text}`, "same"]],
    [1, () => ["no line end", text.slice(0, -1), "exact"]],
    [1, () => ["empty lines", text.replaceAll("\n", "\n\n"), "exact"]],
    [1, () => ["empty lines at the end", `${text}\n\n`, "exact"]],
    [2, () => ["packed", mayPack ? gzipSync(text) : text, "same"]],
    [2, () => [`delimiter ${JSON.stringify(delimiter)}`, text.replaceAll(",", delimiter), "wrong"]],
    [6, () => [`cell ${JSON.stringify(wrong.slice(0, 12))}`, plain(withCell(wrong)), state("wrong")]],
    [2, () => ["a hostile cell", plain(withCell(chance.one(hostileTexts))), state("wrong")]],
    [1, () => ["spaces around cells", plain(rows.map((each) => each.map((cell) => ` ${cell} `))), "open"]],
    [
      2,
      () => [
        "a short row",
        plain(rows.with(row, rows[row]!.slice(0, -1))),
        rows.length > 1 ? "wrong" : "open",
      ],
    ],
    [
      2,
      () => ["a long row", plain(rows.with(row, [...rows[row]!, "7"])), rows.length > 1 ? "wrong" : "open"],
    ],
    [2, () => ["truncated", bytes.subarray(0, cut), "open"]],
    [2, () => ["bytes changed", chance.changed(bytes, chance.integer(1, 4)), "open"]],
    [
      1,
      () => [
        "invalid UTF-8",
        Buffer.concat([bytes.subarray(0, cut), Uint8Array.of(0xff, 0xfe, 0xc3), bytes.subarray(cut)]),
        "open",
      ],
    ],
    [1, () => ["Latin-1", latin1, isAscii ? "same" : "open"]],
    [1, () => ["UTF-16", Buffer.from(`\uFEFF${text}`, "utf16le"), "exact"]],
    [1, () => ["NUL at the end", `${text}\0\0\0`, "wrong"]],
    [1, () => ["an open quote", text.replace(/,(?=[^\n]*\n$)/, ',"'), "wrong"]],
    [1, () => ["the header alone", plain(rows.slice(0, 1)), "open"]],
    [1, () => ["one row", plain(rows.slice(0, 2)), "open"]],
    [1, () => ["empty", "", "wrong"]],
    [1, () => ["one long line", "7,".repeat(250_000), "wrong"]],
    [1, () => ["a web page", `<html>${text}`, "wrong"]],
    [1, () => ["a doubled row", plain(rows.toSpliced(row, 0, rows[row]!)), "open"]],
  ])();
  return { bytes: Buffer.from(content), what, state: found };
}

function quoted(cell: string, always: boolean): string {
  return always || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
