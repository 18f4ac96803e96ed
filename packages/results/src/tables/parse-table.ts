import { shortenLine } from "@nn/platform/printable";
import { CsvError, parse } from "csv-parse/sync";

import { RunDirectoryError } from "../errors.ts";

/** A row of a table. */
export interface ParsedRecord {
  readonly record: readonly string[];
  /** The line of the file on which it ends. */
  readonly line: number;
}

/**
 * Parses comma-separated values, with or without a byte order mark. `path` names the file in messages. Throws
 * RunDirectoryError if the text is not valid CSV.
 */
export function parseTable(path: string, text: string): ParsedRecord[] {
  const records: ParsedRecord[] = [];
  try {
    parse(text, {
      bom: true,
      on_record: (record: readonly string[], { lines }) => {
        records.push({ record, line: lines });
        return null;
      },
    });
    return records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new RunDirectoryError(
      "corrupt",
      `${path}: not a table of comma-separated values: ${shortenLine(error.message, 200)}.`,
      {
        cause: error,
      },
    );
  }
}
