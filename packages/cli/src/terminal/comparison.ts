import type { MetricName } from "@nn/runner";

import type { ComparedCandidate } from "../compare/comparison.ts";
import { findDifferingPaths, findUnknownSources } from "../compare/experiment-settings.ts";
import {
  concludeComparison,
  findRunnersUp,
  formatNumber,
  formatPValue,
} from "../compare/describe-difference.ts";
import { formatCount, formatValue } from "./format.ts";
import { formatMeanAndDeviation, shortenPaths, formatTrialNumbers } from "./summary.ts";
import { formatTable, wrapWords, type Column } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** The input of `formatComparison`. */
export interface PrintedComparison {
  /** Ranked, the best first. */
  readonly compared: readonly ComparedCandidate[];
  readonly metric: MetricName;
  readonly goal: "maximize" | "minimize";
  /** Additional metrics to show, besides the ranking metric. */
  readonly metrics: readonly MetricName[];
  /** Paths of settings to show; undefined for those that differ. */
  readonly paths?: readonly string[] | undefined;
  /** Names of other runs of the experiment, to compare a single configuration with. */
  readonly otherRuns: readonly string[];
}

/** For at most this many configurations, the settings are shown in a separate table. */
const FEW = 4;
/**
 * Maximum number of differing settings to show: as columns of the table for many configurations, and in the
 * separate table for few.
 */
const MAX_COLUMNS = 6;
const MAX_ROWS = 40;

/** Formats a comparison: the differing settings, the ranking, and whether the differences are noise. */
export function formatComparison(shown: PrintedComparison, terminal: Terminal): string[] {
  const { compared } = shown;
  const paths = shown.paths ?? findDifferingPaths(compared.map(({ candidate }) => candidate));
  const isFew = compared.length <= FEW;
  return [
    ...(isFew ? formatSettings(compared, paths, terminal) : []),
    ...rankingLines(shown, isFew ? [] : paths, terminal),
    "",
    ...formatConclusions(shown).flatMap((line) => wrapWords(line, terminal.width)),
  ];
}

function formatSettings(
  compared: readonly ComparedCandidate[],
  paths: readonly string[],
  { colors, width }: Terminal,
): string[] {
  if (compared.length === 1) return [];
  const unknown = findUnknownSources(compared.map(({ candidate }) => candidate));
  if (paths.length === 0) {
    const text =
      unknown.length === 0
        ? "The experiments have the same settings."
        : `The settings of ${joinWords(unknown)} are not known, so what differs is not known either.`;
    return [...wrapWords(text, width), ""];
  }
  const inOrder = [...compared].sort((a, b) => (a.candidate.label < b.candidate.label ? -1 : 1));
  const columns: Column[] = [
    { head: "", align: "left" },
    ...inOrder.map(({ candidate }): Column => ({ head: candidate.label, align: "right" })),
  ];
  const rows = paths
    .slice(0, MAX_ROWS)
    .map((path) =>
      [path].concat(inOrder.map(({ candidate }) => formatSetting(candidate.settings.get(path)))),
    );
  const more = paths.length - MAX_ROWS;
  const others = `The other settings of ${joinWords(unknown)} are not known.`;
  return [
    colors.bold("What differs"),
    ...formatTable(columns, rows, width),
    ...(more > 0 ? [`… and ${formatCount(more)} more; --json has all`] : []),
    ...(unknown.length > 0 ? wrapWords(others, width) : []),
    "",
  ];
}

function joinWords(words: readonly string[]): string {
  return new Intl.ListFormat("en-GB").format(words);
}

function formatSetting(value: string | number | boolean | null | undefined): string {
  return value === undefined ? "–" : formatValue(value);
}

function rankingLines(
  { compared, metric, metrics }: PrintedComparison,
  paths: readonly string[],
  { colors, width }: Terminal,
): string[] {
  const columns = paths.slice(0, MAX_COLUMNS);
  const heads: Column[] = [
    { head: "", align: "left" },
    { head: "run", align: "left" },
    { head: "trials", align: "left" },
    ...shortenPaths(columns).map((head): Column => ({ head, align: "right" })),
    { head: metric, align: "right" },
    { head: "difference (95 % interval)", align: "right" },
    { head: compared.length > 2 ? "adjusted p" : "p", align: "right" },
    ...metrics.filter((name) => name !== metric).map((head): Column => ({ head, align: "right" })),
  ];
  const rows = compared.map(({ candidate, metrics: summaries, comparison }) => {
    const spread = (name: MetricName): string => formatMeanAndDeviation(name, summaries.get(name));
    const interval = comparison?.interval;
    const ends =
      interval && [interval.lower, interval.upper].map((end) => formatNumber(metric, end)).join(" to ");
    const difference = comparison === undefined ? "" : formatNumber(metric, comparison.difference);
    return [
      candidate.label,
      candidate.source,
      formatTrialNumbers({ numbers: candidate.rows.map(({ trial }) => trial) }),
      ...columns.map((path) => formatSetting(candidate.settings.get(path))),
      spread(metric),
      ends === undefined ? difference : `${difference} (${ends})`,
      comparison?.adjustedPValue === undefined
        ? ""
        : formatPValue(comparison.adjustedPValue).replace("= ", ""),
      ...metrics.filter((name) => name !== metric).map(spread),
    ];
  });
  // With one seed there are no p-values, and with one configuration there are no differences.
  const used = heads.map(({ head }, index) => head === "" || rows.some((row) => row[index] !== ""));
  const kept = <Item>(items: readonly Item[]): Item[] => items.filter((_, index) => used[index]);
  const repeated = compared.some(({ candidate }) => candidate.rows.length > 1);
  const more = paths.length - columns.length;
  return [
    colors.bold(`By ${metric}${repeated ? ", mean ± standard deviation over seeds" : ""}`),
    ...formatTable(kept(heads), rows.map(kept), width),
    ...(more > 0 ? [`${formatCount(more)} more settings differ; --columns chooses which are shown`] : []),
  ];
}

function formatConclusions({ compared, metric, goal, otherRuns }: PrintedComparison): string[] {
  const [best, ...others] = compared;
  if (best === undefined || others.length === 0) {
    const known = otherRuns.length === 0 ? "" : ` Other runs of this experiment: ${otherRuns.join(", ")}.`;
    return [`There is nothing to compare with: give another run.${known}`];
  }
  const lines = concludeComparison(compared, metric, goal);
  const [runnerUp] = findRunnersUp(compared);
  if (runnerUp?.testImages !== undefined) {
    const { trials, images, onlyFirst, onlySecond, pValue } = runnerUp.testImages;
    if (onlyFirst + onlySecond === 0) return lines;
    lines.push(
      `Of the ${formatCount(images)} test images, only the network of ${best.candidate.label} (trial ` +
        `${trials[1]}) classifies ${formatCount(onlySecond)} correctly, and only that of ` +
        `${runnerUp.candidate.label} (trial ${trials[0]}) ${formatCount(onlyFirst)} ` +
        `(McNemar's test, p ${formatPValue(pValue)}).`,
    );
  }
  return lines;
}
