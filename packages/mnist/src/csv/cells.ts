import { toPrintableLine } from "@nn/platform/printable";

/** The kind of a CSV cell: a number in any notation, a missing value, or text. */
export type CellKind = "number" | "missing" | "text";

/**
 * Decimal notation, with or without an exponent as NumPy writes it: `7`, `+2`, `17.0`,
 * `2.000000000000000000e+00`.
 */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Notations of missing values (pandas.read_csv, na_values). */
const MISSING = /^(?:|\?|-|#n\/a|n\/a|na|nan|-nan|null|none|nil|<na>)$/i;

/** Returns the kind of a cell. Spaces around its text are ignored. */
export function getCellKind(text: string): CellKind {
  const cell = text.trim();
  if (NUMBER.test(cell)) return "number";
  return MISSING.test(cell) ? "missing" : "text";
}

/** Returns the number that a text represents, or NaN. */
export function parseNumber(text: string): number {
  const cell = text.trim();
  return NUMBER.test(cell) ? Number(cell) : NaN;
}

/**
 * Returns the integer from 0 to 255 that a text represents, in any notation. Returns −1 for any other text.
 */
export function parseByte(text: string): number {
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
  const value = parseNumber(text);
  return Number.isInteger(value) && value >= 0 && value <= 255 ? Math.abs(value) : -1; // −0 is 0
}

/** Quotes a cell for a message: a JSON string of its first 24 characters, without control characters. */
export function quoteCell(text: string): string {
  return toPrintableLine(JSON.stringify(text.length > 24 ? `${text.slice(0, 24)}…` : text));
}

/** Lists the first cells for a message. */
export function quoteCells(cells: readonly string[], max = 4): string {
  const names = cells.slice(0, max).map(quoteCell).join(", ");
  return cells.length > max ? `${names}, …` : names;
}
