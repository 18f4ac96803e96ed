import { quoteCells, parseNumber, quoteCell } from "./cells.ts";
import { findClassColumn } from "./class-column.ts";
import { isClassName, isIndexName, normalizeName } from "./header.ts";
import { getColumnCells, type CsvTable } from "./table.ts";
import { DatasetError } from "../errors.ts";

/** The meaning of each column of a file. */
export interface CsvColumns {
  /** Number of columns. */
  readonly width: number;
  /** The names of the columns, if the first row is a header. */
  readonly names: readonly string[] | undefined;
  /** The column with the classes. */
  readonly label: number;
  /** A column that numbers the rows, if any. It is not read. */
  readonly index: number | undefined;
  /** Likely mistakes in recognizing the columns. */
  readonly notices: readonly string[];
}

/** The options of the data set about columns. */
export interface ColumnOptions {
  /** The column with the classes: its name, its position from 1, or "first" or "last". */
  readonly label?: string | number | undefined;
  readonly header?: boolean | undefined;
}

/**
 * Minimum number of rows for which a column that contains each number once is an index, whatever its name.
 */
const SURELY_INDEX = 8;

/**
 * Determines the meaning of the columns of a file. `names` is its header, if it has one. `fits` tests whether
 * this number of pixels forms an image. Throws DatasetError if the meaning is ambiguous.
 */
export function detectColumns(
  table: CsvTable,
  names: readonly string[] | undefined,
  { label: specified }: ColumnOptions,
  fits: (pixels: number) => boolean,
): CsvColumns {
  const { width } = table;
  const where = `${table.file}, line ${table.lines[0]}`;
  requireNoTrailingComma(table);
  const label =
    specified === undefined
      ? names && (columnOfUsualName(names, where) ?? columnUnlikeOthers(names))
      : findSpecifiedColumn(width, names, specified, where);
  if (label !== undefined) {
    if (names !== undefined) requireNoOtherClass(names, label, where);
    if (
      specified !== undefined &&
      names !== undefined &&
      isIndexName(names[label]!) &&
      names[label] !== specified
    ) {
      throw new DatasetError(
        `${where}: expected the classes in column ${label + 1}, got a header that calls it ` +
          `${quoteCell(names[label]!)}. ` +
          `Correct the option label; the columns are ${quoteCells(names, 8)}.`,
      );
    }
    return { width, names, label, index: indexBeside(table, names, label, fits), notices: [] };
  }
  const index = indexBeside(table, names, undefined, fits);
  const { column, notices } = findClassColumn(table, names, index);
  return { width, names, label: column, index, notices };
}

/** Throws DatasetError if every row ends in a comma, which adds an empty column. */
function requireNoTrailingComma({ file, width, first, lines, count, nonBytes }: CsvTable): void {
  const last = width - 1;
  const cells = nonBytes.get(last);
  if (first[last]?.trim() !== "" || (count > 1 && cells?.count !== count - 1)) return;
  if ([...(cells?.texts?.values() ?? [])].some((text) => text.trim() !== "")) return;
  throw new DatasetError(
    `${file}, line ${lines[0]}: expected a class and pixels, got rows that all end with a comma. ` +
      "Remove the comma at the end of each row.",
  );
}

/**
 * Returns the column with a usual name for classes. Returns undefined if there is none. Throws DatasetError
 * if there are several.
 */
function columnOfUsualName(names: readonly string[], where: string): number | undefined {
  const found = names.flatMap((name, column) => (isClassName(name) ? [column] : []));
  if (found.length > 1) {
    throw new DatasetError(
      `${where}: expected one column of classes, got ${found.length}: ` +
        `${quoteCells(found.map((column) => names[column]!))}. ` +
        'Set "label" to one of them, and remove the others.',
    );
  }
  return found[0];
}

/**
 * Throws DatasetError if another column has the name of the class column, or a usual name for classes.
 * Networks would read the class from it as if it were a pixel.
 */
function requireNoOtherClass(names: readonly string[], label: number, where: string): void {
  const own = names[label]!;
  const others = [...names.keys()].filter((column) => column !== label);
  const namesake = others.find((column) => names[column] === own);
  if (namesake !== undefined) {
    throw new DatasetError(
      `${where}: expected one column called ${quoteCell(own)}, got columns ${label + 1} and ${namesake + 1}. ` +
        "Remove one of them, or rename it if it contains pixels.",
    );
  }
  const rivals = others.filter((column) => isClassName(names[column]!));
  if (rivals.length === 0) return;
  const found = quoteCells(rivals.map((column) => names[column]!));
  const [what, which, advice] =
    rivals.length === 1
      ? ["a pixel", "that column", "it if it contains"]
      : ["pixels", "those columns", "them if they contain"];
  throw new DatasetError(
    `${where}: expected one column of classes, ${quoteCell(own)}, got ${found} too, which would be learned as ` +
      `${what}. Remove ${which}, or rename ${advice} pixels.`,
  );
}

/**
 * Returns the only column whose name differs from the others by more than a number, such as `kind` beside p0,
 * p1, p2, …
 */
function columnUnlikeOthers(names: readonly string[]): number | undefined {
  const forms = names.map((name) => normalizeName(name).replaceAll(/\d+/g, "#"));
  const unlike = names.flatMap((name, column) => {
    const isAlone = forms.filter((form) => form === forms[column]).length === 1;
    return isAlone && !isIndexName(name) ? [column] : [];
  });
  const usual = forms.find((form, column) => form.includes("#") && column !== unlike[0]);
  const alike = forms.filter((form) => form === usual).length;
  const isClear = unlike.length === 1 && alike >= 3 && alike >= names.length - 2;
  return isClear ? unlike[0] : undefined;
}

/** Returns the column that the option `label` names. */
function findSpecifiedColumn(
  width: number,
  names: readonly string[] | undefined,
  specified: string | number,
  where: string,
): number {
  if (typeof specified === "number") {
    const named = names?.indexOf(String(specified)) ?? -1;
    if (named >= 0 && named !== specified - 1) {
      throw new DatasetError(
        `${where}: expected "label: ${specified}" to match one column, got column ${specified} and ` +
          `column ${named + 1}, whose name is ${specified}. ` +
          `Write label: "${specified}" for the name, or ` +
          `label: ${quoteCell(names?.[specified - 1] ?? "first")} for the other.`,
      );
    }
    if (specified <= width) return specified - 1;
    throw new DatasetError(
      `${where}: expected at least ${specified} columns for label: ${specified}, got ${width}. Correct the option ` +
        "label; columns are counted from 1.",
    );
  }
  const exact = names?.indexOf(specified.trim()) ?? -1;
  if (exact >= 0) return exact;
  if (specified === "last") return width - 1;
  if (specified === "first") return 0;
  const similar = (names ?? []).flatMap((name, column) =>
    normalizeName(name) === normalizeName(specified) && normalizeName(specified) !== "" ? [column] : [],
  );
  if (similar.length === 1) return similar[0]!;
  if (similar.length > 1) {
    throw new DatasetError(
      `${where}: expected one column for label: ${quoteCell(specified)}, got ` +
        `${quoteCells(similar.map((column) => names![column]!))}. Write one of these names, and remove the others.`,
    );
  }
  throw new DatasetError(
    `${where}: expected a header with the column "${specified}", got ` +
      `${names === undefined ? "no header" : quoteCells(names)}. ` +
      "Correct the option label: a name in the header, a number from 1, first or last.",
  );
}

/**
 * Returns the column that numbers the rows, other than the class column. Returns undefined if there is none.
 */
function indexBeside(
  table: CsvTable,
  names: readonly string[] | undefined,
  label: number | undefined,
  fits: (pixels: number) => boolean,
): number | undefined {
  const { file, width } = table;
  const others = Array.from({ length: width }, (_, column) => column).filter((column) => column !== label);
  const called = names === undefined ? [] : others.filter((column) => isIndexName(names[column]!));
  if (called.length > 1) {
    throw new DatasetError(
      `${file}, line ${table.lines[0]}: expected at most one column that numbers the rows, ` +
        `got ${quoteCells(called.map((column) => names![column]!))}. Remove them.`,
    );
  }
  const [named] = called;
  if (named !== undefined) {
    if (isEachOnce(table, named, names !== undefined)) return named;
    throw new DatasetError(
      `${file}, line ${table.lines[0]}, column ${named + 1}: expected pixels or a unique number per row, ` +
        `got a column called ${quoteCell(names![named]!)} with repeated values. Remove it, or rename it.`,
    );
  }
  const [first] = others;
  if (first !== 0 || !isNumbering(table, first, names !== undefined)) return undefined;
  const [with1, with2] = [fits(width - 1), fits(width - 2)];
  if (with2 && !with1) return first;
  if (!with2) return undefined; // it is a pixel or the class, or the width is wrong, which is reported later
  if (label === undefined && rowsOf(table, names !== undefined) < SURELY_INDEX) return undefined;
  throw new DatasetError(
    `${file}, column 1: expected pixels or classes, got a number for each row, which looks like an index. ` +
      "Remove that column, so that it is not learned.",
  );
}

function rowsOf({ count }: CsvTable, isHeader: boolean): number {
  return isHeader ? count - 1 : count;
}

/** Whether all cells of a column are different. */
function isEachOnce(table: CsvTable, column: number, isHeader: boolean): boolean {
  const cells = getColumnCells(table, column, isHeader);
  return new Set(cells).size === cells.length;
}

/**
 * Whether a column contains each integer of a range once, such as 0, 1, 2, …, in any order. Requires at least
 * three rows.
 */
function isNumbering(table: CsvTable, column: number, isHeader: boolean): boolean {
  const cells = getColumnCells(table, column, isHeader).map((cell) =>
    typeof cell === "number" ? cell : parseNumber(cell),
  );
  if (cells.length < 3 || !cells.every(Number.isInteger)) return false;
  let [smallest, largest] = [Infinity, -Infinity];
  for (const cell of cells) [smallest, largest] = [Math.min(smallest, cell), Math.max(largest, cell)];
  return largest - smallest === cells.length - 1 && new Set(cells).size === cells.length;
}

/**
 * Like `detectColumns`, but for a test file. It has the columns of the training file. If it has a header,
 * their order may differ.
 */
export function detectTestColumns(
  training: CsvColumns,
  table: CsvTable,
  names: readonly string[] | undefined,
  options: ColumnOptions,
): CsvColumns {
  const { width } = table;
  const where = `${table.file}, line ${table.lines[0]}`;
  if (names === undefined) {
    // Without the index column, the class may be one column further left.
    const isWithout = training.index !== undefined && width === training.width - 1;
    const moved = isWithout && training.index < training.label ? training.label - 1 : training.label;
    const same = Math.min(moved, width - 1);
    const label =
      options.label === undefined ? same : findSpecifiedColumn(width, names, options.label, where);
    return { width, names, label, index: isWithout ? undefined : training.index, notices: [] };
  }
  const learned = training.names?.[training.label];
  const own = learned === undefined ? -1 : names.indexOf(learned);
  const label =
    own >= 0
      ? own
      : options.label === undefined
        ? (columnOfUsualName(names, where) ?? Math.min(training.label, width - 1))
        : findSpecifiedColumn(width, names, options.label, where);
  requireNoOtherClass(names, label, where);
  const called = names.findIndex((name, column) => column !== label && isIndexName(name));
  return { width, names, label, index: called >= 0 ? called : undefined, notices: [] };
}
