import { Chance } from "./chance.ts";
import type { Material } from "./material.ts";
import type { CaseResult } from "./outcome.ts";
import { datasetCase } from "./dataset-table.ts";
import { resultsCase } from "./results-table.ts";

/**
 * Writes a CSV data set or a results.csv in one of many forms, and gives it to `validate` or to `compare`.
 */
export async function tableCase(seed: number, folder: string, _material: Material): Promise<CaseResult> {
  const chance = new Chance(seed, "tables");
  return chance.is(0.6) ? datasetCase(chance, folder) : resultsCase(chance, folder);
}
