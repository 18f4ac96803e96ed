import { parseByte } from "./cells.ts";
import { areWords, getColumnCells, type CsvTable } from "./table.ts";
import { DatasetError } from "../errors.ts";

/** A column that may contain the classes, and the evidence for it. */
interface Candidate {
  /** Number of different values. */
  readonly distinct: number;
  /** Strength of the evidence, from 0 to 2. */
  readonly score: number;
}

/**
 * Minimum number of rows for which the content of a column is evidence. For example, a column of words
 * without repetitions then contains file names.
 */
const MANY_ROWS = 8;

/**
 * Finds the class column of a file whose header does not name it. If there is exactly one column of words, it
 * is the class column. Otherwise, the content decides between the first and the last column. The first needs
 * more evidence than the last. The last needs much more evidence than the first. Throws DatasetError if
 * neither has. If other columns are also possible, a notice lists them.
 */
export function findClassColumn(
  table: CsvTable,
  names: readonly string[] | undefined,
  index: number | undefined,
): { readonly column: number; readonly notices: readonly string[] } {
  const isHeader = names !== undefined;
  const rows = table.count - (isHeader ? 1 : 0);
  const columns = Array.from({ length: table.width }, (_, column) => column).filter(
    (column) => column !== index,
  );
  const [first, last] = [columns[0] ?? 0, columns.at(-1) ?? 0];
  const words = columns.filter((column) => isOfWords(table, column, isHeader));
  // Pixels are numbers, so a column of words contains the classes, or the file contains no images.
  if (words.length === 1) return { column: words[0]!, notices: [] };
  const seen = bytesSeen(table, isHeader);
  const between = columns.slice(1, -1);
  const largest = largestIn(seen, between);
  const judged = (column: number): Candidate | undefined => candidate(table, column, isHeader, seen, largest);
  const [one, other] = [judged(first), judged(last)];
  if (one === undefined && other === undefined) {
    if (rows < 2) return { column: first, notices: [] };
    // No column looks like classes, so report errors for the first column, where classes usually are.
    if (columns.length < 3 || !isPlain(table, first, isHeader)) return { column: first, notices: [] };
    throw new DatasetError(
      `${table.file}: expected the classes in the first or the last column, but neither has at least two ` +
        "values that each occur several times. " +
        'Set "label" to the column of the classes: a name in the header, a number from 1, first or last.',
    );
  }
  const sure = sureColumn(table, columns, isHeader, seen);
  if (sure !== undefined) return { column: sure, notices: [] };
  const lead = leadOf(one, other);
  if (lead > 0 || lead <= -2) {
    const [column, best] = lead > 0 ? [first, one] : [last, other];
    // A few rows are too little evidence.
    const isDoubtful = Math.abs(lead) < 2 || rows < MANY_ROWS;
    const opposite = lead > 0 ? last : first;
    const mayBe = (each: number): boolean =>
      (judged(each)?.score ?? -1) >= (best?.score ?? 0) || isUnlikePixels(seen, each, largest, rows);
    const rivals = [
      ...(isDoubtful || isUnlikePixels(seen, opposite, largest, rows) ? [opposite] : []),
      ...between.filter(mayBe),
    ];
    return { column, notices: rivals.length === 0 ? [] : [doubtNotice(table.file, column, rivals)] };
  }
  throw new DatasetError(
    `${table.file}: expected the classes in the first or the last column, but both look like classes. ` +
      'Set "label: first" or "label: last".',
  );
}

/**
 * Thresholds for a certain decision: minimum number of rows, minimum number of classes, and minimum fraction
 * of zeros in a pixel column.
 */
const [SURE_ROWS, SURE_CLASSES, SURELY_BLACK] = [100, 5, 0.9];

/** A pixel column with at least this value in some row is on an 8-bit scale. */
const BRIGHT = 64;

/**
 * Returns the first or the last of these columns if the decision is certain: it has several classes with
 * similar counts, and all other columns clearly contain pixels. Returns undefined otherwise.
 */
function sureColumn(
  table: CsvTable,
  columns: readonly number[],
  isHeader: boolean,
  seen: Uint8Array,
): number | undefined {
  const from = isHeader ? 1 : 0;
  const rows = table.count - from;
  if (rows < SURE_ROWS || columns.length < 3) return undefined;
  const sure = [columns[0]!, columns.at(-1)!].filter((column) => hasEvenClasses(table, column, from));
  const [column] = sure;
  if (column === undefined || sure.length > 1) return undefined;
  const zeros = zerosIn(table, from);
  const arePixels = columns.every(
    (each) =>
      each === column ||
      (!table.nonBytes.has(each) &&
        (zeros[each]! >= SURELY_BLACK * rows ||
          (isBlackAndBright(seen, each) && !hasEvenClasses(table, each, from)))),
  );
  return arePixels ? column : undefined;
}

/**
 * Whether a column contains at least SURE_CLASSES integers from 0 or 1 on, each with a count between a
 * quarter and four times the mean.
 */
function hasEvenClasses(
  { bytes, width, count, first, nonBytes }: CsvTable,
  column: number,
  from: number,
): boolean {
  if (nonBytes.has(column) || (from === 0 && parseByte(first[column]!) < 0)) return false;
  const counts = new Uint32Array(256);
  for (let row = from; row < count; row++) counts[bytes[row * width + column]!]! += 1;
  const [smallest, largest] = [counts.findIndex(Boolean), counts.findLastIndex(Boolean)];
  const classes = largest - smallest + 1;
  if (smallest > 1 || classes < SURE_CLASSES) return false;
  const mean = (count - from) / classes;
  return counts.subarray(smallest, largest + 1).every((each) => 4 * each >= mean && each <= 4 * mean);
}

/** Counts the zeros of each column. */
function zerosIn({ bytes, width, count }: CsvTable, from: number): Uint32Array {
  const zeros = new Uint32Array(width);
  for (let row = from; row < count; row++) {
    const start = row * width;
    for (let column = 0; column < width; column++) if (bytes[start + column] === 0) zeros[column]! += 1;
  }
  return zeros;
}

/**
 * Whether a column contains both 0 and a bright value, like a pixel. As classes, such values would mean
 * unusually many classes.
 */
function isBlackAndBright(seen: Uint8Array, column: number): boolean {
  const values = seen.subarray(256 * column, 256 * column + 256);
  return values[0] === 1 && values.lastIndexOf(1) >= BRIGHT;
}

function doubtNotice(file: string, column: number, rivals: readonly number[]): string {
  const [rival = 0] = rivals;
  const others = rivals.length === 1 ? "" : ` or ${rivals.length - 1} more`;
  return (
    `${file} seems to have the classes in column ${column + 1}, but column ${rival + 1}${others} ` +
    "could also contain them; " +
    `set "label: ${column + 1}" or "label: ${rival + 1}"`
  );
}

/**
 * Returns the evidence for the first column minus that for the last. A difference of at least 2 is certain.
 */
function leadOf(first: Candidate | undefined, last: Candidate | undefined): number {
  if (last === undefined) return 2;
  if (first === undefined) return -2;
  const difference = first.score - last.score;
  // There are usually fewer classes than grey values. This is weak evidence, which does not decide alone.
  return difference === 0 ? Math.sign(last.distinct - first.distinct) : difference;
}

/** Returns the evidence for a column. Returns undefined if it cannot contain the classes. */
function candidate(
  table: CsvTable,
  column: number,
  isHeader: boolean,
  seen: Uint8Array,
  largestPixel: number,
): Candidate | undefined {
  // Some cells may be invalid. They are reported later, when the class column is known.
  const rows = table.count - (isHeader ? 1 : 0);
  const right = rows - (table.nonBytes.get(column)?.count ?? 0);
  if (2 * right <= rows) return undefined;
  const values = [...seen.subarray(256 * column, 256 * column + 256).entries()].flatMap(([value, isSeen]) =>
    isSeen === 0 ? [] : [value],
  );
  const distinct = values.length;
  const [smallest = 0, largest = 0] = [values[0], values.at(-1)];
  // Classes are numbered from 0, or sometimes from 1.
  const isCounted = smallest <= 1 && largest - smallest === distinct - 1;
  if (distinct < 2 || (!isCounted && 2 * distinct > right)) return undefined;
  return { distinct, score: (isCounted ? 1 : 0) + (isOffScale(largest, largestPixel) ? 1 : 0) };
}

/**
 * Whether a column has few different numbers, none of them 0, on a different scale than pixels, such as
 * classes from 3 to 6. A pixel is usually dark in some image.
 */
function isUnlikePixels(seen: Uint8Array, column: number, largestPixel: number, rows: number): boolean {
  const values = seen.subarray(256 * column, 256 * column + 256);
  const [smallest, largest] = [values.indexOf(1), values.lastIndexOf(1)];
  return smallest > 0 && isOffScale(largest, largestPixel) && 2 * values.filter(Boolean).length <= rows;
}

/** Whether the largest number is greater than all pixels, or less than half of the largest pixel. */
function isOffScale(largest: number, largestPixel: number): boolean {
  return largest > largestPixel || 2 * largest < largestPixel;
}

/** Whether every cell is an integer from 0 to 255. */
function isPlain(table: CsvTable, column: number, isHeader: boolean): boolean {
  return (
    getColumnCells(table, column, isHeader).every((cell) => typeof cell === "number") &&
    !table.nonBytes.has(column)
  );
}

/** Whether a column has repeated words, as class names do. */
function isOfWords(table: CsvTable, column: number, isHeader: boolean): boolean {
  const nonBytes = table.nonBytes.get(column);
  if (nonBytes === undefined || nonBytes.count < table.count - 1 || nonBytes.texts === undefined)
    return false;
  const cells = getColumnCells(table, column, isHeader);
  return areWords(cells) && (cells.length < MANY_ROWS || new Set(cells).size < cells.length);
}

/** Returns an array (width, 256): 1 if the column contains this number from 0 to 255, otherwise 0. */
function bytesSeen({ bytes, width, count }: CsvTable, isHeader: boolean): Uint8Array {
  const seen = new Uint8Array(256 * width);
  for (let row = isHeader ? 1 : 0; row < count; row++) {
    const start = row * width;
    for (let column = 0; column < width; column++) seen[256 * column + bytes[start + column]!] = 1;
  }
  return seen;
}

/** Returns the largest number in any of these columns. */
function largestIn(seen: Uint8Array, columns: readonly number[]): number {
  return columns.reduce(
    (largest, column) => Math.max(largest, seen.subarray(256 * column, 256 * column + 256).lastIndexOf(1)),
    0,
  );
}
