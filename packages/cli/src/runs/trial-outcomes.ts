import type { ResultRow } from "@nn/results";

import type { RunDescription } from "./run-description.ts";

const STATUSES = [
  ["diverged", "diverged", "diverged"],
  ["pruned", "was pruned", "were pruned"],
  ["failed", "failed", "failed"],
] as const satisfies readonly (readonly [ResultRow["status"], string, string])[];

/** Says how trials ended that did not complete: `trials 1–3, 7 diverged, trial 8 was pruned`. */
export function describeOutcomes(rows: readonly Pick<ResultRow, "trial" | "status">[]): string {
  return STATUSES.flatMap(([status, one, several]) => {
    const trials = rows.filter((row) => row.status === status).map(({ trial }) => trial);
    if (trials.length === 0) return [];
    return [trials.length === 1 ? `trial ${trials[0]} ${one}` : `trials ${formatRanges(trials)} ${several}`];
  }).join(", ");
}

/** Formats numbers with ranges: `1–3, 7`. */
export function formatRanges(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range?.[1] === number - 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges
    .map(([first, last]) => (first === last ? `${first}` : `${first}${last - first > 1 ? "–" : ", "}${last}`))
    .join(", ");
}

/** Says in sentences what to do about a run without a completed trial. */
export function adviseCompletion({
  trials,
  rows,
  missing,
}: Pick<RunDescription, "trials" | "rows" | "missing">): string {
  const ended = [...rows, ...missing].map(({ status }) => status);
  const done = ended.filter((status) => status !== "failed").length;
  // A run of an older version does not say how many trials it has.
  if (done === 0 || ended.includes("failed") || done < (trials ?? 0)) return "Run its experiment to the end.";
  return [
    "All its trials have ended.",
    ...(ended.includes("diverged")
      ? [
          "Against divergence, try a smaller optimizer.learningRate, or limit the gradients (training.clipNorm).",
        ]
      : []),
    ...(ended.includes("pruned")
      ? ["So that trials complete, change sweep.pruner to prune fewer trials, or omit it."]
      : []),
  ].join(" ");
}
