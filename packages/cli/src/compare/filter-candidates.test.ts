import { ExperimentError } from "@nn/experiment";
import { expect, test } from "vitest";

import type { Candidate } from "./candidates.ts";
import { filterCandidates } from "./filter-candidates.ts";

function candidate(label: string, settings: Record<string, string | number>): Candidate {
  const path = label.charCodeAt(0);
  const known = new Map(Object.entries(settings));
  return { label, path, source: label, folder: label, settings: known, rows: [], diverged: [] };
}

test("a setting is compared by its own path, also if other experiments have the block around it", () => {
  const block = candidate("A", { optimizer: '{"type":"adam"}' });
  const [slow, fast] = [0.05, 0.2].map((rate) => candidate(`B${rate}`, { "optimizer.learningRate": rate }));
  const kept = filterCandidates([block, slow!, fast!], ["optimizer.learningRate == 0.05"]);
  // As in a sweep, a comparison is satisfied if its path does not exist.
  expect(kept).toEqual([block, slow]);
});

test("a name inside a setting that has no parts is an error", () => {
  const one = candidate("A", { optimizer: 1, training: 2 });
  expect(() => filterCandidates([one, one], ["optimizer.rate < 0.1"])).toThrow(ExperimentError);
});
