import { parseCsv } from "@nn/results";

/** The first cell in which two tables differ. */
export interface TableDifference {
  /** The row: its trial and epoch, or its line number. */
  readonly row: string;
  readonly column: string;
  readonly expected: string;
  readonly found: string;
}

/**
 * Returns the first difference of two CSV tables with a header; undefined if their bytes are equal. `path`
 * names the files in messages. Throws RunDirectoryError if a text is not a table.
 */
export function findTableDifference(
  path: string,
  expected: string,
  found: string,
): TableDifference | undefined {
  if (expected === found) return undefined;
  const advice = "Restore the expected file, or write it again with --write.";
  const [one, other] = [parseCsv(path, expected, advice), parseCsv(path, found)];
  const columns = one[0]?.record ?? [];
  for (let line = 0; line < Math.max(one.length, other.length); line++) {
    const [a, b] = [one[line]?.record, other[line]?.record];
    const row = rowOf(columns, a ?? b ?? [], line);
    if (a === undefined || b === undefined) {
      const isThere = (record: unknown): string => (record === undefined ? "no such row" : "a row");
      return { row, column: "all", expected: isThere(a), found: isThere(b) };
    }
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
      if (a[index] === b[index]) continue;
      const column = line === 0 ? `${index + 1}` : (columns[index] ?? `${index + 1}`);
      return { row, column, expected: a[index] ?? "nothing", found: b[index] ?? "nothing" };
    }
  }
  return { row: "all rows", column: "all", expected: "the same line endings", found: "other line endings" };
}

/** Returns `trial 3, epoch 7`, as far as the table has such columns. */
function rowOf(columns: readonly string[], record: readonly string[], line: number): string {
  if (line === 0) return "header";
  const keys = ["trial", "epoch"].flatMap((name) => {
    const index = columns.indexOf(name);
    return index === -1 || (columns.indexOf("status") > -1 && name === "epoch")
      ? []
      : [`${name} ${record[index]}`];
  });
  return keys.length === 0 ? `line ${line + 1}` : keys.join(", ");
}
