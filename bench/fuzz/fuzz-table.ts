import { RandomChoices } from "./random-choices.ts";
import type { FuzzInputs } from "./fuzz-inputs.ts";
import type { FuzzResult } from "./command-outcome.ts";
import { fuzzDatasetTable } from "./fuzz-dataset-table.ts";
import { fuzzResultsTable } from "./fuzz-results-table.ts";

/**
 * Writes a CSV data set or a results.csv in one of many forms, and runs `validate` or `compare` on it.
 */
export async function fuzzTable(seed: number, folder: string, _material: FuzzInputs): Promise<FuzzResult> {
  const chance = new RandomChoices(seed, "tables");
  return chance.is(0.6) ? fuzzDatasetTable(chance, folder) : fuzzResultsTable(chance, folder);
}
