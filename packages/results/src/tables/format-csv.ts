// The browser version also runs in Node. The other version needs Node's Buffer, which browsers do not have.
import { stringify } from "csv-stringify/browser/esm/sync";

/** A cell of a table; undefined for an empty cell. */
export type Cell = string | number | undefined;

/**
 * Formats a table as CSV. It converts cells to text itself, because csv-stringify writes true and false as
 * "1" and "".
 */
export function formatCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (cell === undefined ? "" : String(cell))));
  return stringify([[...columns], ...cells], { record_delimiter: "\n", quote_record_delimiter: true });
}
