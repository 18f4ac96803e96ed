import { mean, sampleStandardDeviation } from "simple-statistics";

import type { RunStatus } from "../runs/run-status.ts";
import { formatCount } from "./format.ts";
import { describeParameters, formatMeanAndDeviation } from "./summary.ts";
import { formatTable, type Column } from "./table.ts";

const COLUMNS: readonly Column[] = [
  { head: "run", align: "left" },
  { head: "last change", align: "left" },
  { head: "trials", align: "left" },
  { head: "best", align: "left" },
  { head: "of", align: "left" },
  { head: "changed by --set", align: "left" },
];

/** Formats runs as a table, one row per run. */
export function formatRunsTable(runs: readonly RunStatus[], width: number): string[] {
  const rows = runs.map((run) => [
    `${run.name}/${run.fingerprint}`,
    formatLocalTime(run.changed),
    describeProgress(run),
    describeBest(run),
    describeParameters(run.parameters),
    run.set.join(" "),
  ]);
  // A column of empty cells is left out.
  const used = COLUMNS.map((_, index) => rows.some((row) => row[index] !== ""));
  const shown = <Item>(items: readonly Item[]): Item[] => items.filter((_, index) => used[index]);
  return formatTable(shown(COLUMNS), rows.map(shown), width);
}

/**
 * Describes the progress: `12 of 24, running`, `24 of 24, 2 diverged`, `3 of 24, 1 failed, stopped`,
 * `24 of ?`.
 * Pruned trials are usual, so they are counted only where they are the reason that no trial is completed.
 */
function describeProgress({ done, failed, diverged, pruned, trials, status }: RunStatus): string {
  const count = `${formatCount(done)} of ${trials === undefined ? "?" : formatCount(trials)}`;
  const outcomes = [
    [diverged, "diverged"],
    [done === diverged + pruned ? pruned : 0, "pruned"],
    [failed, "failed"],
  ] as const;
  const counts = outcomes
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${formatCount(number)} ${what}`);
  return [count, ...counts, ...(status === "finished" || status === "unknown" ? [] : [status])].join(", ");
}

function describeBest({ best, metric }: RunStatus): string {
  if (best.length === 0) return "–";
  const deviation = best.length > 1 ? sampleStandardDeviation([...best]) : undefined;
  return `${metric} ${formatMeanAndDeviation(metric, { mean: mean([...best]), deviation })}`;
}

/** Formats a time as local time: `2026-05-04 13:37`. */
export function formatLocalTime(time: Date): string {
  const pad = (value: number): string => String(value).padStart(2, "0");
  const date = [time.getFullYear(), pad(time.getMonth() + 1), pad(time.getDate())].join("-");
  return `${date} ${pad(time.getHours())}:${pad(time.getMinutes())}`;
}
