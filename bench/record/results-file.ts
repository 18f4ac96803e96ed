import { formatNumber, type Measurement } from "./measurements.ts";

/** A row of a file of results: a measurement, the bench that made it, when, and how busy the machine was. */
export interface Result extends Measurement {
  /** The name of the bench in `benches.ts`. */
  readonly bench: string;
  /** Like 2026-11-29. */
  readonly date: string;
  /** The load average over one minute before the bench began: how many processes wanted to run. */
  readonly load: number;
}

/** A file of bench/results/. */
export interface ResultsFile {
  /** As `describeMachine` describes it. The file begins with it, in lines like "# cores: 2". */
  readonly machine: Readonly<Record<string, string>>;
  readonly results: readonly Result[];
}

const COLUMNS = [
  "bench",
  "setting",
  "name",
  "unit",
  "median",
  "min",
  "max",
  "rounds",
  "load",
  "date",
] as const;

/** Writes a file of results. */
export function formatResults({ machine, results }: ResultsFile): string {
  const comments = Object.entries(machine).map(([key, value]) => `# ${key}: ${value}`);
  const rows = results.map((result) =>
    COLUMNS.map((column) => {
      const value = result[column];
      const text =
        column === "load" ? result.load.toFixed(2) : typeof value === "number" ? rounded(value) : value;
      return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    }).join(","),
  );
  return `${[...comments, COLUMNS.join(","), ...rows].join("\n")}\n`;
}

/** Six digits: more than any clock gives. */
function rounded(value: number): string {
  return `${Number(value.toPrecision(6))}`;
}

/** Reads what `formatResults` has written. */
export function parseResults(text: string): ResultsFile {
  const lines = text.trimEnd().split("\n");
  const comments = lines.filter((line) => line.startsWith("# "));
  const machine = Object.fromEntries(
    comments.map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(2, colon), line.slice(colon + 2)];
    }),
  );
  const [header = "", ...rows] = lines.slice(comments.length);
  if (header !== COLUMNS.join(",")) throw new Error(`results have the columns ${header}`);
  return { machine, results: rows.map(parseRow) };
}

function parseRow(line: string): Result {
  const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain = ""]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
  if (cells.length !== COLUMNS.length) throw new Error(`a row of results has ${cells.length} cells: ${line}`);
  const cell = (column: (typeof COLUMNS)[number]): string => cells[COLUMNS.indexOf(column)]!;
  return {
    bench: cell("bench"),
    setting: cell("setting"),
    name: cell("name"),
    unit: cell("unit"),
    median: Number(cell("median")),
    min: Number(cell("min")),
    max: Number(cell("max")),
    rounds: Number(cell("rounds")),
    load: Number(cell("load")),
    date: cell("date"),
  };
}

/** A number as a table of a document shows it: 1,160 or 0.56. */
export function showNumber(value: number): string {
  return Math.abs(value) >= 1000 ? Number(value.toPrecision(3)).toLocaleString("en") : formatNumber(value);
}
