import { readFileSync } from "node:fs";

import { shortenLine } from "@nn/platform/printable";

import { wrapFileSystemErrors, RunDirectoryError } from "../errors.ts";
import { endStatuses, type EndStatus, type Metrics, type NetworkSize } from "../events.ts";
import { parseCsv, TABLE_ADVICE } from "./parse-table.ts";
import {
  columnsAfterParameters,
  columnsBeforeParameters,
  networkColumns,
  parentColumn,
} from "./write-tables.ts";

/** One row of results.csv. */
export interface ResultRow {
  readonly trial: number;
  readonly status: EndStatus;
  readonly seed: number;
  /** Maps each swept path to the content of its cell. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly epochs: number;
  readonly bestEpoch?: number | undefined;
  /** Absent in tables of older versions. */
  readonly network?: NetworkSize | undefined;
  readonly train?: Metrics | undefined;
  readonly validation?: Metrics | undefined;
  readonly test?: Metrics | undefined;
  /** The trial whose network it continued. */
  readonly parent?: number | undefined;
}

/** The content of results.csv: the paths of its parameter columns, and its rows in the order of the file. */
export interface Results {
  readonly sweptPaths: readonly string[];
  readonly rows: readonly ResultRow[];
}

/**
 * Reads a results.csv, even if a spreadsheet program saved it (with a byte order mark and CRLF). Throws
 * RunDirectoryError with the file, the line and the column of the first invalid cell.
 */
export function readResults(path: string): Results {
  const text = wrapFileSystemErrors("read", path, () => readFileSync(path, "utf8"));
  const [header, ...records] = parseCsv(path, text);
  if (header === undefined)
    throw new RunDirectoryError(
      "corrupt",
      `${path}: expected a line of column names, got an empty file. ${TABLE_ADVICE}`,
    );
  // This column exists only if trials continue networks of earlier trials.
  const withParents = header.record.at(-1) === parentColumn;
  const columns = withParents ? header.record.slice(0, -1) : header.record;
  const { sweptPaths, after } = readHeader(path, columns);
  const layout = { count: columns.length, after };
  const lines = new Map<number, number>();
  const rows = records.map(({ record, line }) => {
    const row = readRow(new Row(path, line, record, layout), sweptPaths);
    const earlier = lines.get(row.trial);
    if (earlier !== undefined) {
      throw new RunDirectoryError(
        "corrupt",
        `${path}, line ${line}: expected one row per trial, got trial ${row.trial} again, after line ${earlier}. ` +
          TABLE_ADVICE,
      );
    }
    lines.set(row.trial, line);
    return row;
  });
  return { sweptPaths, rows };
}

const columnsOfOlderVersions = columnsAfterParameters.filter(
  (column) => !networkColumns.some((name) => name === column),
);

/**
 * Returns the swept paths, which are between two groups of fixed columns, and the second group. Throws
 * RunDirectoryError if the fixed columns are wrong.
 */
function readHeader(
  path: string,
  header: readonly string[],
): { readonly sweptPaths: string[]; readonly after: readonly FixedColumn[] } {
  for (const after of [columnsAfterParameters, columnsOfOlderVersions]) {
    const before = header.slice(0, columnsBeforeParameters.length);
    const end = Math.max(columnsBeforeParameters.length, header.length - after.length);
    if (
      [...before, "…", ...header.slice(end)].join() === [...columnsBeforeParameters, "…", ...after].join()
    ) {
      const sweptPaths = header.slice(columnsBeforeParameters.length, end);
      requireDifferent(path, sweptPaths);
      return { sweptPaths, after };
    }
  }
  const expected = [...columnsBeforeParameters, "…", ...columnsAfterParameters];
  throw new RunDirectoryError(
    "corrupt",
    `${path}, line 1: expected the columns ${expected.join(", ")}, got ${shortenLine(header.join(", "), 300)}. ` +
      `Is this the results.csv of a run?`,
  );
}

/** Throws RunDirectoryError if two columns have the same name, because only one of them could be used. */
function requireDifferent(path: string, sweptPaths: readonly string[]): void {
  const doubled = sweptPaths.find((name, index) => sweptPaths.indexOf(name) !== index);
  if (doubled === undefined) return;
  throw new RunDirectoryError(
    "corrupt",
    `${path}, line 1: expected unique column names, got "${shortenLine(doubled, 60)}" twice. ` +
      "Remove one of them.",
  );
}

function readRow(row: Row, sweptPaths: readonly string[]): ResultRow {
  return {
    trial: row.count("trial", 1),
    status: row.status(),
    seed: row.count("seed"),
    parameters: Object.fromEntries(
      sweptPaths.map((path, index) => [path, row.cells[columnsBeforeParameters.length + index] ?? ""]),
    ),
    epochs: row.count("epochs"),
    bestEpoch: row.optionalCount("bestEpoch"),
    network: row.network(),
    train: row.metrics("train"),
    validation: row.metrics("validation"),
    test: row.metrics("test"),
    parent: row.optionalCount(parentColumn, 1),
  };
}

type FixedColumn =
  | (typeof columnsBeforeParameters)[number]
  | (typeof columnsAfterParameters)[number]
  | typeof parentColumn;

/** The positions of the fixed columns. */
interface Layout {
  /** Number of columns without the parent column. */
  readonly count: number;
  /** The fixed columns after the swept paths. */
  readonly after: readonly FixedColumn[];
}

/** A decimal number. JavaScript would also accept notations such as 0x10. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const NOT_FINITE: ReadonlySet<string> = new Set(["NaN", "Infinity", "-Infinity"]);

/** A row of the table, with its line for messages. */
class Row {
  readonly cells: readonly string[];
  readonly #path: string;
  readonly #line: number;
  readonly #layout: Layout;

  constructor(path: string, line: number, cells: readonly string[], layout: Layout) {
    this.cells = cells;
    this.#path = path;
    this.#line = line;
    this.#layout = layout;
  }

  /** Returns the cell of a fixed column, by position, because a swept path may have the same name. */
  #cell(column: FixedColumn): string {
    const { count, after } = this.#layout;
    if (column === parentColumn) return this.cells[count] ?? "";
    const before = columnsBeforeParameters.findIndex((name) => name === column);
    if (before >= 0) return this.cells[before] ?? "";
    const index = after.indexOf(column);
    return index === -1 ? "" : (this.cells[count - after.length + index] ?? "");
  }

  /** Returns a whole number of at least `min`. */
  count(column: FixedColumn, min = 0): number {
    const value = this.#number(column);
    if (Number.isSafeInteger(value) && value >= min) return value;
    throw this.#unexpected(column, `a whole number from ${min}`);
  }

  optionalCount(column: FixedColumn, min = 0): number | undefined {
    return this.#cell(column) === "" ? undefined : this.count(column, min);
  }

  /** Losses are non-finite only if a trial diverged or was stopped before its divergence was detected. */
  #number(column: FixedColumn): number {
    const cell = this.#cell(column).trim();
    if (NOT_FINITE.has(cell) && this.status() !== "completed") return Number(cell);
    if (DECIMAL.test(cell) && Number.isFinite(Number(cell))) return Number(cell);
    throw this.#unexpected(column, "a number");
  }

  status(): EndStatus {
    const cell = this.#cell("status");
    const found = endStatuses.find((name) => name === cell);
    if (found === undefined) throw this.#unexpected("status", endStatuses.join(", "));
    return found;
  }

  network(): NetworkSize | undefined {
    const parameters = this.optionalCount("parameters");
    const multiplyAdds = this.optionalCount("multiplyAdds");
    return parameters === undefined || multiplyAdds === undefined ? undefined : { parameters, multiplyAdds };
  }

  metrics(group: "train" | "validation" | "test"): Metrics | undefined {
    const columns = [`${group}.loss`, `${group}.accuracy`] as const;
    if (columns.every((column) => this.#cell(column) === "")) return undefined;
    const [loss, accuracy] = columns.map((column) => this.#number(column));
    if (accuracy! < 0 || accuracy! > 1) throw this.#unexpected(columns[1], "a share from 0 to 1");
    return { loss: loss!, accuracy: accuracy! };
  }

  #unexpected(column: FixedColumn, expected: string): RunDirectoryError {
    return new RunDirectoryError(
      "corrupt",
      `${this.#path}, line ${this.#line}, column ${column}: expected ${expected}, got ` +
        `"${shortenLine(this.#cell(column), 60)}". ${TABLE_ADVICE}`,
    );
  }
}
