import type { Experiment } from "@nn/experiment";
import {
  METRIC_COLUMNS,
  findTiedConfigurations,
  toMetricName,
  type MetricName,
  type RankedConfiguration,
  type MeanAndDeviation,
} from "@nn/runner";
import type { EpochReport } from "@nn/training";
import {
  findFittingLine,
  formatCount,
  formatEpochs,
  formatLoss,
  formatMetric,
  formatPercent,
  formatSeconds,
  formatValue,
} from "./format.ts";
import { formatRanges } from "../runs/trial-outcomes.ts";
import { formatTable, type Column } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** Formats one epoch as a line, with as many details as fit into `width` characters. */
export function formatEpochLine(report: EpochReport, epochs: number, width: number): string {
  const { train, validation } = report;
  const epoch = `epoch ${String(report.epoch).padStart(String(epochs).length)}/${epochs}`;
  const sets = [["training", train] as const, ...(validation ? [["validation", validation] as const] : [])];
  const written = sets.map(
    ([name, { loss, accuracy }]) => `${name} loss ${formatLoss(loss)}  accuracy ${formatPercent(accuracy)}`,
  );
  const short = sets.map(
    ([name, { loss, accuracy }]) => `${name} ${formatLoss(loss)} ${formatPercent(accuracy)}`,
  );
  const speed = formatCount(report.imagesPerSecond);
  const seconds = formatSeconds(report.seconds);
  const timed = [
    [epoch, ...written, `${speed} images/s`, seconds].join("   "),
    [epoch, ...short, `${speed} images/s`, seconds].join("  "),
    [epoch, ...short, `${speed}/s`, seconds].join("  "),
    [epoch, ...short, `${speed}/s`].join("  "),
  ];
  const untimed = [
    [epoch, ...written, "trained earlier"].join("   "),
    [epoch, ...short, "trained earlier"].join("  "),
  ];
  const lines = [
    // Epochs from before an interruption have no times.
    ...(report.seconds > 0 ? timed : untimed),
    [epoch, ...short].join("  "),
    [epoch, ...short.slice(-1)].join("  "),
  ];
  return findFittingLine(lines, width);
}

const SETS = [
  ["training", "train"],
  ["validation", "validation"],
  ["test", "test"],
] as const;

/**
 * Formats a table of the loss and accuracy of one configuration on each set of images, with the standard
 * deviation if there are repeats.
 */
export function formatMetricsTable(configuration: RankedConfiguration, width: number): string[] {
  const rows = SETS.map(([label, set]) => {
    const loss = configuration.metrics.get(`${set}.loss`);
    const accuracy = configuration.metrics.get(`${set}.accuracy`);
    if (loss === undefined || accuracy === undefined) return null;
    return [
      label,
      formatMeanAndDeviation(`${set}.loss`, loss),
      formatMeanAndDeviation(`${set}.accuracy`, accuracy),
    ];
  });
  const columns: Column[] = [
    { head: "", align: "left" },
    { head: "loss", align: "right" },
    { head: "accuracy", align: "right" },
  ];
  return formatTable(
    columns,
    rows.filter((row) => row !== null),
    width,
  );
}

/** Largest number of rows of a printed ranking. results.csv has all configurations. */
const MAX_ROWS = 20;

/**
 * Formats a table of the configurations of a sweep, the best first. It shows the ranking metric and the other
 * metric of the same set of images. It omits the test set, which is never used for selection.
 */
export function formatRankingTable(
  experiment: Experiment,
  ranking: readonly RankedConfiguration[],
  width: number,
): string[] {
  const metric = toMetricName(experiment.metric);
  // The ranking metric comes first, then the other metric of the same set.
  const set = metric.slice(0, metric.indexOf("."));
  const shown = [metric, ...METRIC_COLUMNS.filter((name) => name !== metric && name.startsWith(`${set}.`))];
  const columns: Column[] = [
    { head: "", align: "right" },
    ...shortenPaths(experiment.sweptPaths).map((head): Column => ({ head, align: "right" })),
    ...shown.map((head): Column => ({ head, align: "right" })),
    { head: "trials", align: "left" },
  ];
  const best = ranking.slice(0, MAX_ROWS);
  const values = experiment.sweptPaths.map((path) =>
    shortenDistinct(best.map(({ parameters }) => formatValue(parameters[path]))),
  );
  const rows = best.map((configuration, index) =>
    [
      // Pruned configurations have no rank.
      isStopped(configuration, metric) ? "" : rankOf(configuration, ranking, metric),
      values.map((texts) => texts[index] ?? ""),
      shown.map((name) => getShownSpread(name, configuration)),
      describeOutcome(configuration),
    ].flat(),
  );
  const lines = formatTable(columns, rows, width);
  const more = ranking.length - MAX_ROWS;
  return more > 0 ? [...lines, `… and ${more} more, in results.csv`] : lines;
}

/** Returns the rank, from 1. Equal configurations share the same rank. */
function rankOf(
  configuration: RankedConfiguration,
  ranking: readonly RankedConfiguration[],
  metric: MetricName,
): string {
  const equals = [configuration, ...findTiedConfigurations(configuration, ranking, metric)];
  return String(1 + Math.min(...equals.map((each) => ranking.indexOf(each))));
}

/** Approximate maximum length of a shown value. A list of layers can be very long. */
const LONG_VALUE = 24;

/** Shortens long texts after a word or a number. Different texts stay different. */
function shortenDistinct(texts: readonly string[]): string[] {
  const different = new Set(texts).size;
  let length = LONG_VALUE;
  while (new Set(texts.map((text) => text.slice(0, length))).size < different) length++;
  return texts.map((text) => {
    const isWithinWord = /^[\w.]{2}$/.test(text.slice(length - 1, length + 1));
    const rest = isWithinWord ? text.slice(length).replace(/^[\w.]+/, "") : text.slice(length);
    // The ellipsis would be as long as the omitted text.
    return rest.length <= 1 ? text : `${text.slice(0, -rest.length).trimEnd()}…`;
  });
}

function isStopped({ metrics: measures, stopped }: RankedConfiguration, metric: MetricName): boolean {
  return stopped !== undefined && !measures.has(metric);
}

/** Formats the metric of the completed trials or, in brackets, of the pruned ones. */
function getShownSpread(name: MetricName, { metrics: measures, stopped }: RankedConfiguration): string {
  const last = stopped?.metrics.get(name);
  if (measures.has(name) || last === undefined) return formatMeanAndDeviation(name, measures.get(name));
  return `(${formatMeanAndDeviation(name, last)})`;
}

/** Formats mean and standard deviation: `97.81 % ± 0.05 %`, or a dash without a value. */
export function formatMeanAndDeviation(name: string, spread: MeanAndDeviation | undefined): string {
  if (spread === undefined) return "–";
  const mean = formatMetric(name, spread.mean);
  return spread.deviation === undefined ? mean : `${mean} ± ${formatMetric(name, spread.deviation)}`;
}

/** Formats trial numbers: `17`, `17, 18`, `17–19`, `17–19, 23`. They are the folder names in `trials/`. */
export function formatTrialNumbers({ numbers }: Pick<RankedConfiguration, "numbers">): string {
  return formatRanges(numbers);
}

/**
 * Describes the trials of a configuration: `17, 18` if all have completed. Otherwise the status is added:
 * `17: diverged`, or `17, 18: 1 completed, 1 diverged`.
 */
function describeOutcome(configuration: RankedConfiguration): string {
  const numbers = formatTrialNumbers(configuration);
  if (configuration.completed === configuration.trials) return numbers;
  const outcome = describeTrials(configuration);
  if (configuration.pruned === configuration.trials) {
    return `${numbers}: pruned after ${formatEpochs(configuration.stopped?.epochs ?? 0)}`;
  }
  return `${numbers}: ${configuration.trials === 1 ? outcome.replace(/^1 /, "") : outcome}`;
}

/** Counts the trials by status: `3 completed`, `1 completed, 2 diverged`. */
export function describeTrials(configuration: RankedConfiguration): string {
  const { trials, completed, diverged, pruned, failed } = configuration;
  const open = trials - completed - diverged - pruned - failed;
  const parts = [
    [completed, "completed"],
    [diverged, "diverged"],
    [pruned, "pruned"],
    [failed, "failed"],
    [open, "not done"],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(", ");
}

/**
 * Shortens each path to its last part if that is unique: `learningRate` for `optimizer.learningRate`. For a
 * `type`, the last two parts are used: `layers[2].type`.
 */
export function shortenPaths(paths: readonly string[]): string[] {
  const last = (path: string): string => /[^.]+\.type$|[^.]*$/.exec(path)?.[0] ?? path;
  return paths.map((path) =>
    paths.filter((other) => last(other) === last(path)).length === 1 ? last(path) : path,
  );
}

/** Describes the swept values: `learningRate 0.1, units 128`. */
export function describeParameters(parameters: RankedConfiguration["parameters"]): string {
  const names = shortenPaths(Object.keys(parameters));
  return Object.values(parameters)
    .map((value, index) => `${names[index]} ${formatValue(value)}`)
    .join(", ");
}

/** Formats a run's heading in bold. */
export function formatHeading(text: string, terminal: Terminal): string {
  return terminal.colors.bold(text);
}
