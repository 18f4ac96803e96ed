import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { readResults, RunDirectoryError, type ResultRow } from "@nn/results";
import type { SavedEvaluation } from "@nn/training";

/**
 * Returns a notice if an evaluation of the network file `source` differs from the metrics of its trial in
 * results.csv. Returns none if the file is not in the folder of a run, or if the table cannot be read.
 */
export function noticeOtherMetrics(
  source: string,
  evaluation: Pick<SavedEvaluation, "validation" | "test">,
): string[] {
  const row = findRow(source);
  if (row === undefined) return [];
  for (const set of ["validation", "test"] as const) {
    for (const metric of ["loss", "accuracy"] as const) {
      const [expected, found] = [row[set]?.[metric], evaluation[set]?.[metric]];
      if (expected === undefined || found === undefined || expected === found) continue;
      return [
        `${set}.${metric} is ${found}, but results.csv has ${expected} for trial ${row.trial}. Either ${source} is ` +
          "not the network of this trial, or results.csv was changed, or a custom part keeps state between calls " +
          "or draws random numbers of its own",
      ];
    }
  }
  return [];
}

function findRow(source: string): ResultRow | undefined {
  const folder = dirname(source);
  const table = join(dirname(dirname(folder)), "results.csv");
  if (basename(dirname(folder)) !== "trials" || !existsSync(table)) return undefined;
  try {
    return readResults(table).rows.find(({ trial }) => trial === Number(basename(folder)));
  } catch (error) {
    if (error instanceof RunDirectoryError) return undefined;
    throw error;
  }
}
