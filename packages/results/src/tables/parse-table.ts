import { shortenLine } from "@nn/platform/printable";
import { CsvError, parse } from "csv-parse/sync";

import { RunDirectoryError } from "../errors.ts";

/** A row of a table. */
export interface ParsedRecord {
  readonly record: readonly string[];
  /** The line of the file on which the row ends. */
  readonly line: number;
}

/** Advice for a table of a run that was changed or damaged. */
export const TABLE_ADVICE = "Correct it, or run the experiment again to rewrite the file.";

/**
 * Parses comma-separated values, with or without a byte order mark. All rows must have the same number of
 * cells. `path` names the file in messages, and `advice` is their last sentence. Throws RunDirectoryError if
 * the text is not valid CSV.
 */
export function parseCsv(path: string, text: string, advice = TABLE_ADVICE): ParsedRecord[] {
  const damaged = (line: number, what: string, cause?: unknown): RunDirectoryError =>
    new RunDirectoryError("corrupt", `${path}, line ${line}: expected ${what}. ${advice}`, { cause });
  const records: ParsedRecord[] = [];
  try {
    parse(text, {
      bom: true,
      // The check below gives a better message.
      relax_column_count: true,
      on_record: (record: readonly string[], { lines }) => {
        const count = records[0]?.record.length ?? record.length;
        if (record.length !== count) throw damaged(lines, `${count} cells, got ${record.length}`);
        records.push({ record, line: lines });
        return null;
      },
    });
    return records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // A quote that is not closed includes all following lines.
    const isOpen = error.code === "CSV_QUOTE_NOT_CLOSED";
    const line = isOpen ? (records.at(-1)?.line ?? 0) + 1 : Number(error["lines"]);
    const found = shortenLine(text.split(/\r?\n/)[line - 1] ?? "", 60);
    throw damaged(line, `quotes only around whole cells, got ${JSON.stringify(found)}`, error);
  }
}
