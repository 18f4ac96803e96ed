import { quoteCell } from "./cells.ts";
import type { CsvColumns } from "./columns.ts";
import type { CsvTable } from "./table.ts";
import { DatasetError } from "../errors.ts";

/** Minimum number of rows. With fewer, a pixel can match the class by chance. */
const ENOUGH_ROWS = 16;

/** Throws DatasetError if the class column is one of several one-hot columns, one per class. */
export function requireNoOneHot(table: CsvTable, columns: CsvColumns): void {
  const { width, file } = table;
  const { label, index } = columns;
  if (countRows(table, columns) < ENOUGH_ROWS) return;
  const sums = new Uint8Array(table.count);
  if (!addBinaryColumn(table, columns, label, sums)) return;
  let [first, last] = [label, label];
  const isFull = (): boolean => sums.subarray(startOf(columns)).every((sum) => sum === 1);
  while (!isFull() && first > 0 && first - 1 !== index && addBinaryColumn(table, columns, first - 1, sums))
    first--;
  while (
    !isFull() &&
    last + 1 < width &&
    last + 1 !== index &&
    addBinaryColumn(table, columns, last + 1, sums)
  )
    last++;
  if (first === last || !isFull()) return;
  throw new DatasetError(
    `${file}: expected one column of classes, got columns ${first + 1} to ${last + 1}, of which exactly one is 1 in ` +
      "each row, as in a one-hot encoding. Replace them by one column with the class: pandas.from_dummies, or " +
      "argmax(axis=1) in NumPy.",
  );
}

/**
 * Adds the cells of a column to the sums of the rows. If a cell is not 0 or 1, or a sum would exceed 1, adds
 * nothing and returns false.
 */
function addBinaryColumn(table: CsvTable, columns: CsvColumns, column: number, sums: Uint8Array): boolean {
  const { bytes, width, count, nonBytes } = table;
  if (nonBytes.has(column)) return false;
  const from = startOf(columns);
  for (let row = from; row < count; row++) if (sums[row]! + bytes[row * width + column]! > 1) return false;
  for (let row = from; row < count; row++) sums[row]! += bytes[row * width + column]!;
  return true;
}

/**
 * Returns a notice about pixels that have the same value for all images of a class, but differ between
 * classes, such as a copy of the class column. `labels` (N) are the classes of the rows.
 */
export function getLabelLeakNotices(table: CsvTable, columns: CsvColumns, labels: Uint8Array): string[] {
  const rows = countRows(table, columns);
  const counts = new Uint32Array(256);
  for (const label of labels) counts[label]! += 1;
  // A class with only one row has one value in every column.
  if (rows < ENOUGH_ROWS || counts.some((count) => count === 1)) return [];
  const pixels = Array.from({ length: table.width }, (_, column) => column).filter(
    (column) => column !== columns.label && column !== columns.index,
  );
  const copies = pixels.filter((column) => isFunctionOfClass(table, columns, column, labels));
  // If this is true of most pixels, the images of a class are equal, and no column is suspicious.
  if (copies.length === 0 || 2 * copies.length > pixels.length) return [];
  const [first = 0] = copies;
  const name = columns.names?.[first];
  const others = copies.length === 1 ? "" : ` (like ${copies.length - 1} more)`;
  return [
    `${table.file} has the same value for all images of a class in column ` +
      `${first + 1}${name === undefined ? "" : ` (${quoteCell(name)})`}${others}, so networks may read the class ` +
      "from it; remove it if it is not a pixel",
  ];
}

function isFunctionOfClass(
  { bytes, width, count }: CsvTable,
  columns: CsvColumns,
  column: number,
  labels: Uint8Array,
): boolean {
  const from = startOf(columns);
  const values = new Int16Array(256).fill(-1);
  for (let row = from; row < count; row++) {
    const [label, value] = [labels[row - from]!, bytes[row * width + column]!];
    if (values[label] === -1) values[label] = value;
    else if (values[label] !== value) return false;
  }
  return new Set(values.filter((value) => value >= 0)).size > 1;
}

function countRows(table: CsvTable, columns: CsvColumns): number {
  return table.count - startOf(columns);
}

function startOf({ names }: CsvColumns): number {
  return names === undefined ? 0 : 1;
}
