import { DatasetError } from "../errors.ts";

const OTHER_SEPARATORS = [";", "\t", "|", " "];

/**
 * Throws DatasetError if the first rows of a file, at most three, show that its cells are not separated by
 * commas. `where` describes the position of the first one.
 */
export function requireCommas(where: string, rows: readonly (readonly string[])[]): void {
  const [first = []] = rows;
  const other = OTHER_SEPARATORS.find((each) => rows.every((row) => isSeparatedBy(each, row)));
  // With decimal commas, 0;182,0;17,0 are three cells, but commas split them in other places.
  const hasDecimalCommas = other !== undefined && rows.some((row) => row.length > 1);
  if (!hasDecimalCommas && (first.length > 1 || isTitle(rows))) return;
  let advice = "Is this the right file?";
  if (other !== undefined) {
    advice = hasDecimalCommas
      ? `Replace each decimal comma with a point, then each ${JSON.stringify(other)} with a comma.`
      : `Replace ${JSON.stringify(other)} with commas.`;
  }
  const found = hasDecimalCommas ? `${JSON.stringify(other)} between them, and decimal commas` : "one column";
  throw new DatasetError(
    `${where}: expected a class and pixels with commas between them, got ${found}. ${advice}`,
  );
}

/** Whether the rows below a single cell have several columns. */
function isTitle([, second = [], third = []]: readonly (readonly string[])[]): boolean {
  return second.length > 1 && second.length === third.length;
}

/**
 * Whether this character may separate the cells of a row that was split at commas: `0;182`, `0;17` and `0`.
 * Two columns may also be a class and a pixel.
 */
function isSeparatedBy(other: string, row: readonly string[]): boolean {
  // Spaces around a number pad it.
  if (row.length === 1) return row[0]!.trim().includes(other);
  return row.length > 2 && row.slice(0, -1).every((cell) => cell.trim().includes(other));
}
