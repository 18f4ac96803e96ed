import { getCellKind, quoteCells, parseNumber } from "./cells.ts";
import type { CsvTable } from "./table.ts";
import { DatasetError } from "../errors.ts";

/** Usual names of the column with the classes, compared by `normalizeName`. */
const CLASS_NAMES: ReadonlySet<string> = new Set(
  (
    "label labels class classes target targets category categories digit digits letter species y ytrain ytest ytrue " +
    "classlabel labelclass classid labelid classname labelname targetclass groundtruth truth"
  ).split(" "),
);

/**
 * Names of index columns in files from pandas, R and Kaggle. In files from pandas, the name may also be
 * empty.
 */
const INDEX_NAMES: ReadonlySet<string> = new Set(
  (
    " index idx id ids imageid imageindex imgid sampleid row rowid rowindex rownumber rownames number no nr " +
    "unnamed0 unnamed00 level0"
  ).split(" "),
);

/** Minimum number of columns for which a row of 0, 1, 2, … is not an image by chance. */
const SURELY_NUMBERED = 10;

/**
 * Normalizes a name, so that the notations of different programs compare equal, such as `# Label` and
 * `label`.
 */
export function normalizeName(cell: string): string {
  return cell
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** Whether this is a usual name of the column with the classes. */
export function isClassName(cell: string): boolean {
  return CLASS_NAMES.has(normalizeName(cell));
}

/** Whether this is a usual name of a column that numbers the rows. */
export function isIndexName(cell: string): boolean {
  return INDEX_NAMES.has(normalizeName(cell));
}

/** Returns the names of a header, without the "# " that NumPy writes before the first name. */
export function getHeaderNames(first: readonly string[]): string[] {
  return first.map((cell, column) => (column === 0 ? cell.replace(/^\s*#\s*/, "") : cell).trim());
}

/**
 * Whether the first row is a header: it has words where images have numbers, or numbers that count the
 * columns. `specified` contains the options of the data set, `other` the header of the training file. Throws
 * DatasetError if the row is ambiguous, or contradicts the option `header`, because a wrong decision would
 * add or drop an image.
 */
export function hasHeader(
  table: CsvTable,
  specified: { readonly header?: boolean | undefined; readonly label?: string | number | undefined },
  other: readonly string[] | undefined,
): boolean {
  const { first } = table;
  if (specified.header === true) requireNames(table);
  if (specified.header !== undefined) return specified.header;
  if (first.length === 0) return false;
  const { label } = specified;
  const isName = typeof label === "string" && label !== "first" && label !== "last";
  if (isName && getHeaderNames(first).includes(label)) return true;
  if (other !== undefined && other.join("\n") === getHeaderNames(first).join("\n")) return true;
  const kinds = getHeaderNames(first).map(getCellKind);
  const numbers = first.filter((_cell, column) => kinds[column] === "number").map(parseNumber);
  const words = first.filter((_cell, column) => kinds[column] === "text");
  if (words.length > 0) {
    if (numbers.length === 0 || words.some(isClassName)) return true;
    if (!countsColumns(numbers)) return false;
    return words.length > 1 || isNameOfNumbers(table, first.indexOf(words[0]!));
  }
  if (!countsColumns(numbers)) return false;
  // ",0,1,2,3" from pandas, whose index has no name. An image would have a class there.
  if (numbers.length < first.length) return true;
  if (first.length >= SURELY_NUMBERED && !secondCounts(table)) return true;
  return undecided(table);
}

/**
 * Throws DatasetError if the first row is an image: all cells but the class are numbers, and some of them are
 * equal. Reading it as a header would drop that image.
 */
function requireNames({ file, first, lines }: CsvTable): void {
  const numbers = first.map(parseNumber).filter((number) => !Number.isNaN(number));
  if (numbers.length < first.length - 1 || new Set(numbers).size === numbers.length) return;
  throw new DatasetError(
    `${file}, line ${lines[0]}: expected the names of the columns for header: true, got numbers that repeat, as ` +
      `in an image: ${quoteCells(first)}. Set "header: false" if this line is an image.`,
  );
}

/**
 * Whether the word in the first row of this column, beside 0, 1, 2, …, is its name. In a column of words, it
 * may also be a class.
 */
function isNameOfNumbers(table: CsvTable, column: number): boolean {
  const below = table.nonBytes.get(column);
  if (below?.count !== table.count - 1) return true;
  const classes = [...(below.texts?.values() ?? [])].map((text) => text.trim());
  if (classes.includes(table.first[column]!.trim())) return false;
  return undecided(table);
}

function undecided({ file, first, lines }: CsvTable): never {
  throw new DatasetError(
    `${file}, line ${lines[0]}: expected a header or an image, got ${quoteCells(first)}, which can be either. ` +
      'Set "header: true" or "header: false".',
  );
}

/** Whether the numbers are 0, 1, 2, … or 1, 2, 3, …; in wide tables they may start at any number. */
function countsColumns(numbers: readonly number[]): boolean {
  const [start = -1] = numbers;
  if (start !== 0 && start !== 1 && numbers.length < SURELY_NUMBERED) return false;
  return numbers.every((number, index) => number === start + index);
}

/** Whether the second row also contains consecutive numbers, like artificial pixels. */
function secondCounts({ bytes, width, count }: CsvTable): boolean {
  return count > 1 && countsColumns([...bytes.subarray(width, 2 * width)]);
}
