/**
 * What a cell of a CSV file is by its form: a number in any notation, a place that was left empty, or a word.
 */
export type CellKind = "number" | "missing" | "text";

/**
 * Decimal notation, with an exponent as NumPy writes it or without: `7`, `+2`, `17.0`,
 * `2.000000000000000000e+00`.
 */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What programs write where a value is missing (pandas.read_csv, na_values). */
const MISSING = /^(?:|\?|-|#n\/a|n\/a|na|nan|-nan|null|none|nil|<na>)$/i;

/** Returns the kind of a cell; spaces around its text do not count. */
export function kindOf(text: string): CellKind {
  const cell = text.trim();
  if (NUMBER.test(cell)) return "number";
  return MISSING.test(cell) ? "missing" : "text";
}

/** The number that a text is; NaN where it is none. */
export function numberOf(text: string): number {
  const cell = text.trim();
  return NUMBER.test(cell) ? Number(cell) : NaN;
}

/** The whole number from 0 to 255 that a text is, in any notation; −1 where it is none. */
export function byteOf(text: string): number {
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
  const value = numberOf(text);
  return Number.isInteger(value) && value >= 0 && value <= 255 ? Math.abs(value) : -1; // −0 is 0
}

/** What stands in a cell, short and without what would disturb a terminal. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 24 ? `${text.slice(0, 24)}…` : text);
}

/** The first of these cells. */
export function listed(cells: readonly string[], most = 4): string {
  const names = cells.slice(0, most).map(shown).join(", ");
  return cells.length > most ? `${names}, …` : names;
}
