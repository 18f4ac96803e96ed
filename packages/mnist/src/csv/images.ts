import type { Shape } from "@nn/tensor";

import { parseByte, getCellKind, parseNumber, quoteCell, type CellKind } from "./cells.ts";
import { detectTestColumns, detectColumns, type ColumnOptions, type CsvColumns } from "./columns.ts";
import { hasHeader, getHeaderNames, isClassName, normalizeName } from "./header.ts";
import { areWords, getColumnCells, readCsvTable, type CsvTable } from "./table.ts";
import { getLabelLeakNotices, requireNoOneHot } from "./leaks.ts";
import { DatasetError } from "../errors.ts";

/** Options for reading the rows of a file as images. */
export interface CsvImageOptions extends ColumnOptions {
  readonly height?: number;
  readonly width?: number;
  readonly channels: number;
}

/** The images of a file, in the order of its rows. */
export interface CsvImages {
  readonly file: string;
  readonly columns: CsvColumns;
  /** Likely mistakes in the columns. */
  readonly notices: readonly string[];
  /** (H, W, C) */
  readonly exampleShape: Shape;
  /** (N, H, W, C) */
  readonly images: Uint8Array;
  /** (N) */
  readonly labels: Uint8Array;
  /** The class names by label, if the file has words for classes. */
  readonly classNames: readonly string[] | undefined;
  /** (N), the line of each image, from 1. */
  readonly lines: Uint32Array;
  /** Returns the position of an image's label: `train.csv, line 17, column 1`. */
  readonly placeOf: (index: number) => string;
}

/** Maximum number of classes: labels must fit in a byte. */
const MAX_CLASSES = 256;

/** Reads a CSV file of images. A test file must match the training file `training`. Throws DatasetError. */
export function readCsvImages(file: string, options: CsvImageOptions, training?: CsvImages): CsvImages {
  const specified = typeof options.label === "string" ? normalizeName(options.label) : undefined;
  const mayHaveClasses = (column: number, cell: string): boolean =>
    isClassName(cell) ||
    (specified !== undefined && normalizeName(cell) === specified) ||
    column === training?.columns.label ||
    (typeof options.label === "number" && column === options.label - 1);
  const table = readCsvTable(file, mayHaveClasses);
  const names = hasHeader(table, options, training?.columns.names) ? getHeaderNames(table.first) : undefined;
  if (table.count <= (names === undefined ? 0 : 1)) {
    throw new DatasetError(
      `${file}: expected at least one image, got no row of pixels. Use a file that contains images.`,
    );
  }
  const columns =
    training === undefined
      ? detectColumns(table, names, options, (pixels) => shapeFor(pixels, options) !== undefined)
      : detectTestColumns(training.columns, table, names, options);
  const exampleShape = shapeOf(table, columns, options, training);
  if (training !== undefined) requireSameOrder(table, columns, training);
  requirePixels(table, columns);
  const { labels, classNames } = labelsOf(table, columns, training);
  if (training === undefined) requireNoOneHot(table, columns);
  // Must precede imagesOf, which overwrites the table.
  const notices = [...columns.notices, ...getLabelLeakNotices(table, columns, labels)];
  const { images, lines } = imagesOf(table, columns);
  const placeOf = (index: number): string => `${file}, line ${lines[index]}, column ${columns.label + 1}`;
  return { file, columns, notices, exampleShape, images, labels, classNames, lines, placeOf };
}

/** Returns (H, W, C) for this many numbers, or undefined if they are not an image. */
function shapeFor(
  pixels: number,
  { height: specifiedHeight, width: specifiedWidth, channels }: CsvImageOptions,
): Shape | undefined {
  const places = pixels / channels;
  const side = Math.round(Math.sqrt(places));
  const height = specifiedHeight ?? (specifiedWidth === undefined ? side : places / specifiedWidth);
  const width = specifiedWidth ?? (specifiedHeight === undefined ? side : places / specifiedHeight);
  const isImage =
    height > 0 && height * width * channels === pixels && Number.isInteger(height) && Number.isInteger(width);
  return isImage ? [height, width, channels] : undefined;
}

function shapeOf(
  table: CsvTable,
  columns: CsvColumns,
  options: CsvImageOptions,
  training: CsvImages | undefined,
): Shape {
  const { file, width, lines } = table;
  const { index, names } = columns;
  const fail = (problem: string, advice: string): never => {
    requireNoWords(table, columns);
    throw new DatasetError(`${file}, line ${lines[0]}: ${problem}. ${advice}`);
  };
  const pixels = width - (index === undefined ? 1 : 2);
  if (training !== undefined) {
    const expected = training.exampleShape.reduce((product, extent) => product * extent, 1);
    if (pixels === expected) return training.exampleShape;
    const unlabelled = pixels === expected - 1 ? " (is the column of classes missing?)" : "";
    fail(
      `expected a class and ${expected} pixels, as in the training images, got ${width} columns${unlabelled}`,
      "Use images of the same size, with their classes.",
    );
  }
  const shape = shapeFor(pixels, options);
  if (shape !== undefined) return shape;
  const { height, width: specifiedWidth, channels } = options;
  const wanted =
    height === undefined && specifiedWidth === undefined
      ? "square images"
      : `images of ${height ?? "any"} × ${specifiedWidth ?? "any"} pixels`;
  const isOneMore = names === undefined && index === undefined && shapeFor(pixels - 1, options) !== undefined;
  return fail(
    `expected ${wanted} of ${channels} ${channels === 1 ? "number" : "numbers"} per pixel, got ${pixels} ` +
      "columns besides the class",
    `Set height, width and channels to those of the images${isOneMore ? ", or remove the extra column" : ""}.`,
  );
}

/** Throws DatasetError if columns other than the class column contain words, such as file names. */
function requireNoWords(table: CsvTable, columns: CsvColumns): void {
  const { file, lines, nonBytes, count } = table;
  const rows = count - (columns.names === undefined ? 0 : 1);
  const found = pixelColumns(table, columns).flatMap((column) => {
    const cells = nonBytes.get(column);
    return cells !== undefined && 2 * cells.count >= rows && getCellKind(cells.first.text) === "text"
      ? [{ column, cell: cells.first }]
      : [];
  });
  const [first] = found;
  if (first === undefined) {
    requireNoFileNames(table, columns, rows);
    return;
  }
  const named = found.slice(0, 4).map(({ column }) => {
    const name = columns.names?.[column];
    return name === undefined ? String(column + 1) : `${column + 1} (${name})`;
  });
  const [what, which] = found.length === 1 ? ["column", "it"] : ["columns", "them"];
  throw new DatasetError(
    `${file}, line ${lines[first.cell.row]}: expected pixels in all columns besides the class, got words in ${what} ` +
      `${named.join(", ")}${found.length > named.length ? ", …" : ""}, such as ${quoteCell(first.cell.text)}. ` +
      `Remove ${which}${found.length === 1 ? ', or set "label" to it if it contains the classes' : ""}.`,
  );
}

/** Throws DatasetError if the class column has a different word in each row. */
function requireNoFileNames({ file, nonBytes }: CsvTable, { label }: CsvColumns, rows: number): void {
  const texts = [...(nonBytes.get(label)?.texts?.values() ?? [])];
  const [word = ""] = texts;
  const isDifferent = texts.length >= Math.max(2, rows - 1) && new Set(texts).size === texts.length;
  if (!isDifferent || getCellKind(word) !== "text") return;
  throw new DatasetError(
    `${file}: expected a class in column ${label + 1}, got a different word in each row, such as ${quoteCell(word)}. ` +
      'Remove this column, or set "label" to the column of the classes.',
  );
}

/** Returns the columns with pixels, in order. */
function pixelColumns({ width }: CsvTable, { label, index }: CsvColumns): number[] {
  return Array.from({ length: width }, (_, column) => column).filter(
    (column) => column !== label && column !== index,
  );
}

/** Throws DatasetError if both files have the same names of pixel columns, but in a different order. */
function requireSameOrder(table: CsvTable, columns: CsvColumns, training: CsvImages): void {
  const namesOf = ({ names, label, index }: CsvColumns): string[] | undefined =>
    names?.filter((_name, column) => column !== label && column !== index);
  const [own, learned] = [namesOf(columns), namesOf(training.columns)];
  if (own === undefined || learned === undefined) return;
  const at = own.findIndex((name, place) => name !== learned[place]);
  if (at === -1 || own.toSorted().join("\n") !== learned.toSorted().join("\n")) return;
  throw new DatasetError(
    `${table.file}, line ${table.lines[0]}: expected the pixels in the order of the training file, ` +
      `got ${quoteCell(own[at]!)} in place of ${quoteCell(learned[at]!)}. Put the columns into the same order.`,
  );
}

/** Throws DatasetError for the first cell of a pixel column that is not a pixel. */
function requirePixels(table: CsvTable, columns: CsvColumns): void {
  const { first, nonBytes, count } = table;
  const pixels = pixelColumns(table, columns);
  const inFirst =
    columns.names === undefined ? pixels.find((column) => parseByte(first[column]!) < 0) : undefined;
  const wrong = pixels.filter((column) => nonBytes.has(column));
  if (inFirst === undefined && wrong.length === 0) return;
  let column = inFirst ?? wrong[0]!;
  let cell = { row: 0, text: first[column]! };
  if (inFirst === undefined) {
    for (const each of wrong)
      if (nonBytes.get(each)!.first.row < nonBytes.get(column)!.first.row) column = each;
    cell = nonBytes.get(column)!.first;
  }
  const value = parseNumber(cell.text);
  const cells = nonBytes.get(column)?.count ?? 0;
  let advice = "Correct it.";
  if (value > 0 && value < 1) advice = "Pixels go from 0 to 255: multiply these fractions by 255, and round.";
  else if (cells >= Math.max(2, count - 1))
    advice =
      'Remove this column if it does not contain pixels, or set "label" to it if it contains the classes.';
  else if (cell.row === 0 && getCellKind(cell.text) === "text")
    advice = 'Correct it, or set "header: true" if this line is a header.';
  fail(table, columns, column, cell, "a pixel, a whole number from 0 to 255", advice);
}

/**
 * Returns the label of each image: its number or, if classes are words, the index of its word among the class
 * names of the training file.
 */
function labelsOf(
  table: CsvTable,
  columns: CsvColumns,
  training: CsvImages | undefined,
): Pick<CsvImages, "labels" | "classNames"> {
  const start = columns.names === undefined ? 0 : 1;
  const cells = getColumnCells(table, columns.label, start === 1);
  const known = training?.classNames;
  const nonBytes = table.nonBytes.get(columns.label);
  if (nonBytes !== undefined && nonBytes.texts === undefined)
    fail(
      table,
      columns,
      columns.label,
      nonBytes.first,
      "a class, a whole number from 0 to 255",
      "Correct it.",
    );
  const failAt = (row: number, wanted: string, advice: string): never => {
    const text = row === 0 && start === 0 ? table.first[columns.label]! : String(cells[row - start]);
    return fail(table, columns, columns.label, { row, text }, wanted, advice);
  };
  const isNamed = training === undefined ? areWords(cells) : known !== undefined;
  if (!isNamed) {
    const mistake = explainClasses(cells, start === 0, training === undefined);
    if (mistake === undefined) return { labels: Uint8Array.from(cells, Number), classNames: undefined };
    failAt(mistake.index + start, mistake.wanted, mistake.advice);
  }
  const words = cells.map((cell) => String(cell).trim().normalize("NFC"));
  const classNames = known ?? [...new Set(words)].sort();
  if (classNames.length > MAX_CLASSES) {
    failAt(
      start,
      `at most ${MAX_CLASSES} class names in this column, which has ${classNames.length}`,
      'Set "label" to the column of the classes.',
    );
  }
  // If the bytes are not UTF-8, two names may have become equal.
  const unreadable = words.findIndex((word) => word.includes("\uFFFD"));
  if (unreadable >= 0) failAt(unreadable + start, "the name of a class in UTF-8", "Save the file in UTF-8.");
  const places = new Map(classNames.map((name, place) => [name, place]));
  const stranger = words.findIndex((word) => !places.has(word));
  if (stranger >= 0) {
    failAt(
      stranger + start,
      `one of the ${classNames.length} classes of the training file`,
      "Correct it, or add training images of this class.",
    );
  }
  return { labels: Uint8Array.from(words, (word) => places.get(word)!), classNames };
}

/**
 * Returns the first cell that does not match the other classes, which are numbers, or names if `canBeNames`.
 * Returns undefined if all are numbers. `canBeHeader` means that the first cell may be the name of the
 * column.
 */
function explainClasses(
  cells: readonly (number | string)[],
  canBeHeader: boolean,
  canBeNames: boolean,
): { readonly index: number; readonly wanted: string; readonly advice: string } | undefined {
  const kinds = cells.map((cell) => (typeof cell === "number" ? "number" : getCellKind(cell)));
  const count = (kind: CellKind): number => kinds.filter((each) => each === kind).length;
  const [names, missing] = [count("text"), kinds.indexOf("missing")];
  if (canBeNames && names > 0 && names > count("number")) {
    const index = missing >= 0 ? missing : kinds.indexOf("number");
    const rest = missing >= 0 ? "a missing value" : "a number";
    const advice =
      missing >= 0
        ? "Remove this row, or write another name if this is the name of a class, such as no-digit."
        : "Use names or numbers for all classes.";
    return { index, wanted: `the name of a class, as in other rows, and not ${rest}`, advice };
  }
  const index = cells.findIndex((cell) => typeof cell === "string");
  if (index === -1) return undefined;
  const isHeader = index === 0 && canBeHeader && kinds[0] === "text" && cells.length > 1;
  let advice = "Correct it.";
  if (isHeader) advice = 'Correct it, or set "header: true" if this line is a header.';
  else if (kinds[index] === "missing") advice = "Correct it, or remove this row.";
  else if (kinds[index] === "text" && canBeNames) advice = "Correct it, or use names for all classes.";
  return { index, wanted: "a class, a whole number from 0 to 255", advice };
}

/** Removes the other columns, so that the pixels are contiguous. Overwrites the bytes of the table. */
function imagesOf(table: CsvTable, columns: CsvColumns): Pick<CsvImages, "images" | "lines"> {
  const { bytes, width, count } = table;
  const start = columns.names === undefined ? 0 : 1;
  const left = [columns.label, ...(columns.index === undefined ? [] : [columns.index])].toSorted(
    (a, b) => a - b,
  );
  let to = 0;
  for (let row = start; row < count; row++) {
    let from = row * width;
    for (const column of [...left, width]) {
      const end = row * width + column;
      bytes.copyWithin(to, from, end);
      to += Math.max(0, end - from);
      from = end + 1;
    }
  }
  return { images: bytes.subarray(0, to), lines: table.lines.subarray(start, count) };
}

function fail(
  { file, lines }: CsvTable,
  { names }: CsvColumns,
  column: number,
  { row, text }: { readonly row: number; readonly text: string },
  wanted: string,
  advice: string,
): never {
  const name = names?.[column];
  throw new DatasetError(
    `${file}, line ${lines[row]}, column ${column + 1}${name === undefined ? "" : ` (${name})`}: expected ${wanted}, ` +
      `got ${quoteCell(text)}. ${advice}`,
  );
}
