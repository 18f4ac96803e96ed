import { readDataHashes } from "../runs/data-hashes.ts";
import type { Candidate } from "./candidates.ts";

/** Returns the name of a data set whose content differs between the runs of the candidates, if any. */
export function findChangedData(candidates: readonly Candidate[]): string | undefined {
  const known = new Map<string, string>();
  for (const folder of new Set(candidates.flatMap(({ folder }) => folder ?? []))) {
    for (const [name, hash] of readDataHashes(folder)) {
      if ((known.get(name) ?? hash) !== hash) return name;
      known.set(name, hash);
    }
  }
  return undefined;
}
