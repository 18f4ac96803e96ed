import { readFileSync } from "node:fs";

import type { Shape } from "@nn/tensor";
import { CsvError, parse } from "csv-parse/sync";

import { DatasetError, reasonOf } from "./errors.ts";
import { unpacked } from "./gzip.ts";
import { LARGEST_SIZE } from "./own-path.ts";

/** How the rows of a file are images. */
export interface CsvLayout {
  /** The name of the column of classes; the first one unless given. */
  readonly label?: string;
  readonly height?: number;
  readonly width?: number;
  readonly channels: number;
}

/** The images of a file, in the order of its rows. */
export interface CsvImages {
  readonly file: string;
  /** (H, W, C) */
  readonly exampleShape: Shape;
  /** (N, H, W, C) */
  readonly images: Uint8Array;
  /** (N) */
  readonly labels: Uint8Array;
  /** Where the label of an image stands: `train.csv, line 17, column 1`. */
  readonly placeOf: (index: number) => string;
}

/** A row that is longer belongs to no image that this project could learn. */
const LONGEST_ROW = 2 ** 26;

/**
 * Reads a CSV file (RFC 4180), plain or gzipped, row by row: beside the file's own bytes it takes those of the images.
 * `expectedPixels`: how many numbers a row must have beside its label. Throws DatasetError.
 */
export function readCsvImages(file: string, layout: CsvLayout, expectedPixels?: number): CsvImages {
  const bytes = bytesOf(file);
  const table = new Table(file, layout, bytes, expectedPixels);
  try {
    parse(bytes, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: LONGEST_ROW,
      on_record: (row: readonly string[], { lines }) => {
        table.add(row, lines);
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DatasetError(`${file}: expected a CSV file, got "${error.message}". Correct that line.`, {
      cause: error,
    });
  }
  return table.finish();
}

/** What the rows of a file become, one after the other. */
class Table {
  readonly #file: string;
  readonly #layout: CsvLayout;
  readonly #bytes: Uint8Array;
  readonly #expectedPixels: number | undefined;
  #header: readonly string[] | undefined;
  /** The place of the label in a row. */
  #label = 0;
  #exampleShape: Shape = [];
  /** Numbers of a row beside its label. */
  #pixels = -1;
  #images = new Uint8Array();
  #labels = new Uint8Array();
  #lines = new Uint32Array();
  #count = 0;

  constructor(file: string, layout: CsvLayout, bytes: Uint8Array, expectedPixels: number | undefined) {
    this.#file = file;
    this.#layout = layout;
    this.#bytes = bytes;
    this.#expectedPixels = expectedPixels;
  }

  add(row: readonly string[], line: number): void {
    if (this.#pixels < 0) {
      const isHeader = this.#begin(row, line);
      if (isHeader) return;
    }
    const pixels = row.length - 1;
    if (pixels !== this.#pixels) {
      this.#fail(
        line,
        `expected ${this.#pixels + 1} columns, as in the first line, got ${row.length}`,
        "Correct this line.",
      );
    }
    let at = this.#count * pixels;
    for (let column = 0; column < row.length; column++) {
      const byte = byteOf(row[column]!);
      if (byte < 0) this.#failAt(line, column, row[column]!);
      if (column === this.#label) this.#labels[this.#count] = byte;
      else this.#images[at++] = byte;
    }
    this.#lines[this.#count++] = line;
  }

  finish(): CsvImages {
    if (this.#count === 0) {
      throw new DatasetError(
        `${this.#file}: expected at least one image, got no row of numbers. Use a file that has some.`,
      );
    }
    const [file, label, lines] = [this.#file, this.#label, this.#lines];
    return {
      file,
      exampleShape: this.#exampleShape,
      images: this.#images.subarray(0, this.#count * this.#pixels),
      labels: this.#labels.subarray(0, this.#count),
      placeOf: (index) => `${file}, line ${lines[index]}, column ${label + 1}`,
    };
  }

  /** The first row: says what all rows are. Returns whether it is a header, which is one whose label is no number. */
  #begin(row: readonly string[], line: number): boolean {
    const { label } = this.#layout;
    if (label !== undefined) {
      this.#label = row.indexOf(label);
      if (this.#label < 0) {
        this.#fail(
          line,
          `expected a header with the column "${label}", got ${listed(row)}`,
          "Correct the option label; without it, the first column has the classes.",
        );
      }
    }
    const isHeader = label !== undefined || byteOf(row[0] ?? "") < 0;
    if (isHeader) {
      this.#header = row;
      if (label === undefined && row.indexOf("label") > 0) {
        this.#fail(
          line,
          `expected the class in the first column, got a header with "label" in column ${row.indexOf("label") + 1}`,
          'Add the option "label: label".',
        );
      }
    }
    this.#pixels = row.length - 1;
    this.#exampleShape = this.#shapeOf(row, line);

    // As many as there are line ends, at the most; and each number takes two bytes of the file, with what parts it from the next.
    const rows = lineEndsOf(this.#bytes) + 1;
    this.#images = new Uint8Array(Math.min(rows * this.#pixels, Math.ceil(this.#bytes.length / 2) + 1));
    this.#labels = new Uint8Array(rows);
    this.#lines = new Uint32Array(rows);
    return isHeader;
  }

  #shapeOf(row: readonly string[], line: number): Shape {
    const { channels } = this.#layout;
    const pixels = this.#pixels;
    if (row.length === 1) {
      const other = [";", "\t", " "].find((each) => row[0]?.includes(each));
      this.#fail(
        line,
        `expected a class and pixels with commas between them, got one column`,
        other === undefined ? "Is this the right file?" : `Put commas in place of ${JSON.stringify(other)}.`,
      );
    }
    if (this.#expectedPixels !== undefined && pixels !== this.#expectedPixels) {
      const unlabelled = pixels === this.#expectedPixels - 1 ? " (are there no classes in it?)" : "";
      this.#fail(
        line,
        `expected a class and ${this.#expectedPixels} pixels, as in the training images, got ${row.length} columns${unlabelled}`,
        "Use images of the same size, with their classes.",
      );
    }
    const places = pixels / channels;
    const square = Math.round(Math.sqrt(places));
    const height =
      this.#layout.height ?? (this.#layout.width === undefined ? square : places / this.#layout.width);
    const width = this.#layout.width ?? places / height;
    if (height * width * channels !== pixels || !Number.isInteger(height) || !Number.isInteger(width)) {
      const { height: saidHeight, width: saidWidth } = this.#layout;
      const wanted =
        saidHeight === undefined && saidWidth === undefined
          ? "square images"
          : `images of ${saidHeight ?? "any"} × ${saidWidth ?? "any"} pixels`;
      this.#fail(
        line,
        `expected ${wanted} of ${channels} ${channels === 1 ? "number" : "numbers"} a pixel, got ${pixels} columns beside the class`,
        "Say height, width and channels as they are.",
      );
    }
    return [height, width, channels];
  }

  #failAt(line: number, column: number, text: string): never {
    const name = this.#header?.[column];
    const what =
      column === this.#label
        ? "a class, a whole number from 0 to 255"
        : "a pixel, a whole number from 0 to 255";
    throw new DatasetError(
      `${this.#file}, line ${line}, column ${column + 1}${name === undefined ? "" : ` (${name})`}: expected ${what}, ` +
        `got ${shown(text)}. Correct it.`,
    );
  }

  #fail(line: number, problem: string, advice: string): never {
    throw new DatasetError(`${this.#file}, line ${line}: ${problem}. ${advice}`);
  }
}

/** The whole number from 0 to 255 that a text is, also written as 17.0; −1 where it is none. */
function byteOf(text: string): number {
  let value = 0;
  if (text.length === 0) return -1;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return byteOfOther(text);
    value = 10 * value + digit;
  }
  return value <= 255 ? value : -1;
}

function byteOfOther(text: string): number {
  const whole = /^\s*(\d+)(?:\.0*)?\s*$/.exec(text)?.[1];
  return whole === undefined ? -1 : byteOf(whole);
}

function bytesOf(file: string): Uint8Array {
  try {
    return unpacked(readFileSync(file), LARGEST_SIZE);
  } catch (error) {
    throw new DatasetError(
      `${file}: expected a readable CSV file, got "${reasonOf(error)}". Use a whole one.`,
      {
        cause: error,
      },
    );
  }
}

function lineEndsOf(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === 0x0a || byte === 0x0d) count++;
  return count;
}

/** The first of these columns. */
function listed(row: readonly string[]): string {
  const names = row.slice(0, 4).map(shown).join(", ");
  return row.length > 4 ? `${names}, …` : names;
}

/** What stands in a cell, short and without what would disturb a terminal. */
function shown(text: string): string {
  return JSON.stringify(text.length > 24 ? `${text.slice(0, 24)}…` : text);
}
