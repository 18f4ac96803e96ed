import { readFileSync } from "@nn/platform/files";
import { shortenLine } from "@nn/platform/printable";

import { CsvError, parse } from "#platform/csv";

import { parseByte, getCellKind } from "./cells.ts";
import { requireCommas } from "./separator.ts";
import { DatasetError, getErrorReason } from "../errors.ts";
import { decompress } from "../files/gzip.ts";
import { MAX_FILE_SIZE } from "../files/custom-path.ts";

/** The cells of a CSV file, before their meaning is determined. */
export interface CsvTable {
  readonly file: string;
  /** Number of columns of every row. */
  readonly width: number;
  /** Number of rows, including the first one, which may be a header. */
  readonly count: number;
  /** The first row as text, possibly a header. Empty if the file has no rows. */
  readonly first: readonly string[];
  /** (count, width): the integer from 0 to 255 in each cell; 0 for any other cell. */
  readonly bytes: Uint8Array;
  /** (count): the line at which each row begins, from 1. */
  readonly lines: Uint32Array;
  /** The columns with cells that are not integers from 0 to 255. */
  readonly nonBytes: ReadonlyMap<number, NonByteCells>;
}

/** The cells of a column that are not integers from 0 to 255, except in the first row. */
export interface NonByteCells {
  readonly count: number;
  readonly first: { readonly row: number; readonly text: string };
  /** The texts by row. They are kept only for columns that may contain the classes or an index. */
  readonly texts: ReadonlyMap<number, string> | undefined;
}

interface GrowingNonByteCells {
  count: number;
  first: { row: number; text: string };
  texts: Map<number, string> | undefined;
}

/** Maximum length of a row. A longer row is not an image that can be trained on. */
const LONGEST_ROW = 2 ** 26;

/**
 * Maximum number of columns whose texts are all kept. Beyond it, texts are kept only for the first two
 * columns, the last one, and those that may contain the classes. This limits memory for a file of fractions,
 * in which no cell is a byte.
 */
const MAX_KEPT = 8;

/**
 * Reads a CSV file (RFC 4180), plain or gzipped, row by row. It needs one byte of memory per cell, in
 * addition to the bytes of the file. `mayHaveClasses` tests whether a column with this cell in the first row
 * may contain the classes. Throws DatasetError.
 */
export function readCsvTable(
  file: string,
  mayHaveClasses: (column: number, cell: string) => boolean,
): CsvTable {
  const bytes = bytesOf(file);
  requireText(file, bytes);
  const table = new Growing(file, bytes, mayHaveClasses);
  const lines = new LineCounter();
  try {
    parse(bytes, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: LONGEST_ROW,
      on_record: (row: readonly string[], info) => {
        table.add(row, lines.getStart(info.empty_lines));
        lines.add(row, info);
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = lines.getStart(Number(error["empty_lines"]));
    throw new DatasetError(`${file}, line ${line}: ${explain(error.code, error.message)}`, { cause: error });
  }
  return table.finish();
}

/** Explains an error of the parser in the row that begins at the reported line. */
function explain(code: string, message: string): string {
  switch (code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return (
        "expected a closing quote in the row that begins here, got the end of the file. Add the quote, or remove " +
        "the opening one."
      );
    case "INVALID_OPENING_QUOTE":
    case "CSV_INVALID_CLOSING_QUOTE":
      return (
        "expected quotes around whole cells, got one inside a cell of the row that begins here. Remove it, or " +
        'put the cell in quotes and write "" for each quote in it.'
      );
    default:
      return `expected a row of a CSV file, got "${shortenLine(message, 200)}". Correct it.`;
  }
}

/** Counts the lines of a file. The parser counts \r\n inside a cell as two lines. */
class LineCounter {
  /** The last line of the last row. */
  #line = 0;
  #parsed: RowEnd = { lines: 0, empty_lines: 0 };

  /** Returns the line at which the next row begins, after `empty` empty lines in the whole file. */
  getStart(empty: number): number {
    return this.#line + 1 + empty - this.#parsed.empty_lines;
  }

  add(row: readonly string[], { lines, empty_lines }: RowEnd): void {
    const start = this.getStart(empty_lines);
    const height = lines - this.#parsed.lines - (empty_lines - this.#parsed.empty_lines);
    this.#line = start + (height > 1 ? (row.join().match(/\r\n|\r|\n/g)?.length ?? 0) : 0);
    this.#parsed = { lines, empty_lines };
  }
}

/** The lines and the empty lines up to the end of a row, as the parser counts them. */
interface RowEnd {
  readonly lines: number;
  readonly empty_lines: number;
}

/** A table under construction. */
class Growing {
  readonly #file: string;
  readonly #source: Uint8Array;
  readonly #mayHaveClasses: (column: number, cell: string) => boolean;
  /** The first rows, until the width of the table is determined. */
  #waiting: { readonly row: readonly string[]; readonly line: number }[] | undefined = [];
  #first: readonly string[] = [];
  #width = 0;
  #count = 0;
  #bytes = new Uint8Array();
  #lines = new Uint32Array();
  readonly #nonBytes = new Map<number, GrowingNonByteCells>();

  constructor(file: string, source: Uint8Array, mayHaveClasses: (column: number, cell: string) => boolean) {
    this.#file = file;
    this.#source = source;
    this.#mayHaveClasses = mayHaveClasses;
  }

  add(row: readonly string[], line: number): void {
    if (this.#waiting === undefined) {
      this.#append(row, line);
      return;
    }
    this.#waiting.push({ row, line });
    if (this.#waiting.length === 3) this.#begin();
  }

  finish(): CsvTable {
    this.#begin();
    const [count, width] = [this.#count, this.#width];
    return {
      file: this.#file,
      width,
      count,
      first: this.#first,
      bytes: this.#bytes.subarray(0, count * width),
      lines: this.#lines.subarray(0, count),
      nonBytes: this.#nonBytes,
    };
  }

  /**
   * Determines the width of the table from the first row. Throws DatasetError if the cells are not separated
   * by commas, or if the next two rows have the same width, but the first row has another.
   */
  #begin(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const [first, second, third] = waiting ?? [];
    if (waiting === undefined || first === undefined) return;
    requireCommas(
      `${this.#file}, line ${first.line}`,
      waiting.map(({ row }) => row),
    );
    if (second !== undefined && third !== undefined && first.row.length !== second.row.length) {
      if (second.row.length === third.row.length) {
        throw new DatasetError(
          `${this.#file}, line ${first.line}: expected ${second.row.length} columns, as in the lines below, ` +
            `got ${first.row.length}. Correct this line, or remove it.`,
        );
      }
    }
    this.#first = first.row;
    this.#width = first.row.length;
    // The number of rows is at most the number of line ends plus one. With its separator, each cell takes at
    // least two bytes of the file.
    const rows = lineEndsOf(this.#source) + 1;
    this.#bytes = new Uint8Array(Math.min(rows * this.#width, Math.ceil(this.#source.length / 2) + 1));
    this.#lines = new Uint32Array(rows);
    for (const { row, line } of waiting) this.#append(row, line);
  }

  #append(row: readonly string[], line: number): void {
    const width = this.#width;
    if (row.length !== width) {
      throw new DatasetError(
        `${this.#file}, line ${line}: expected ${width} columns, as in the first line, got ` +
          `${row.length}. Correct this line.`,
      );
    }
    const start = this.#count * width;
    for (let column = 0; column < width; column++) {
      const byte = parseByte(row[column]!);
      if (byte >= 0) this.#bytes[start + column] = byte;
      else if (this.#count > 0) this.#addNonByte(column, row[column]!);
    }
    this.#lines[this.#count++] = line;
  }

  #addNonByte(column: number, text: string): void {
    const row = this.#count;
    let cells = this.#nonBytes.get(column);
    if (cells === undefined) {
      const keeps =
        column <= 1 ||
        column === this.#width - 1 ||
        this.#mayHaveClasses(column, this.#first[column]!) ||
        // If the first cell that is not a byte is a word, the column may contain class names.
        (this.#nonBytes.size < MAX_KEPT && getCellKind(text) === "text");
      cells = { count: 0, first: { row, text }, texts: keeps ? new Map() : undefined };
      this.#nonBytes.set(column, cells);
    }
    cells.count += 1;
    cells.texts?.set(row, text);
  }
}

/** Returns the cells of a column below the header: integers from 0 to 255, and the text of any other cell. */
export function getColumnCells(table: CsvTable, column: number, isHeader: boolean): (number | string)[] {
  const { bytes, width, count, first, nonBytes } = table;
  const texts = nonBytes.get(column)?.texts;
  const cells: (number | string)[] = [];
  for (let row = isHeader ? 1 : 0; row < count; row++) {
    const text = row === 0 ? first[column]! : texts?.get(row);
    if (text === undefined || (row === 0 && parseByte(text) >= 0)) cells.push(bytes[row * width + column]!);
    else cells.push(text);
  }
  return cells;
}

/** Whether every cell is a word, as class names are. */
export function areWords(cells: readonly (number | string)[]): boolean {
  return cells.every((cell) => typeof cell === "string" && getCellKind(cell) === "text");
}

function bytesOf(file: string): Uint8Array {
  try {
    return decompress(readFileSync(file), MAX_FILE_SIZE);
  } catch (error) {
    throw new DatasetError(
      `${file}: expected a readable CSV file, got "${getErrorReason(error)}". Use a complete file.`,
      {
        cause: error,
      },
    );
  }
}

/** First bytes, as Latin-1, of other files that are mistaken for CSV files, with a description and advice. */
const BEGINNINGS: readonly (readonly [start: string, name: string, advice: string])[] = [
  ["PK\x03\x04", "a zip archive, or a spreadsheet", "Unpack it, or save the sheet as CSV."],
  ["\x1f\x8b", "a gzip file in a gzip file", "Unpack it once."],
  ["\x89PNG", "a PNG file", "Use a CSV file, or set the type of the data set to images."],
  ["version https://git-lfs", "a pointer of Git LFS", "Fetch the file itself: git lfs pull."],
];

/** The beginning of a web page. The class of the first image may also be a word that starts with "<". */
const WEB_PAGE = [
  /^\s*<(?:!doctype|!--|\?xml|html|head)/i,
  "a web page that was saved in its place",
  "Download the file itself.",
] as const;

/**
 * The beginning of text in UTF-32, or in UTF-16 unless it is little-endian with a byte order mark, which the
 * parser reads.
 */
const OTHER_ENCODING = [
  // oxlint-disable-next-line no-control-regex -- zero bytes are what distinguishes these encodings
  /^\xfe\xff|^\xff\xfe(?:[^]{2})*?\0\0|^(?!\xff\xfe)[^]{0,3}\0/,
  "text in UTF-16 or UTF-32, or a file that is not text",
  "Save the file as UTF-8.",
] as const;

/** Throws DatasetError for a file of another kind, because messages about its lines would not help. */
function requireText(file: string, bytes: Uint8Array): void {
  const text = String.fromCharCode(...bytes.subarray(0, 32));
  const known =
    BEGINNINGS.find(([start]) => text.startsWith(start)) ??
    [WEB_PAGE, OTHER_ENCODING].find(([pattern]) => pattern.test(text));
  if (known === undefined) return;
  throw new DatasetError(`${file}: expected a CSV file, got ${known[1]}. ${known[2]}`);
}

function lineEndsOf(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === 0x0a || byte === 0x0d) count++;
  return count;
}
