import type { MetricColumn, ReportData, ReportTrial } from "../../data/report-data.ts";
import { formatCount, formatSeconds, formatValue, getTrialMetric, getMetricFormat } from "../format.ts";

/** The value of a cell, for sorting, filtering and saving. */
export type CellValue = number | string | null;

/** A column of the table of trials. */
export interface TrialColumn {
  readonly id: string;
  readonly head: string;
  readonly isText: boolean;
  readonly value: (trial: ReportTrial) => CellValue;
  /** Returns the displayed text of a value. */
  readonly format: (value: CellValue) => string;
}

const metrics = [
  "validation.accuracy",
  "validation.loss",
  "train.accuracy",
  "train.loss",
  "test.accuracy",
  "test.loss",
] as const satisfies readonly MetricColumn[];

function metricColumn(metric: MetricColumn): TrialColumn {
  const { label, format } = getMetricFormat(metric);
  return {
    id: metric,
    head: label,
    isText: false,
    value: (trial) => getTrialMetric(trial, metric),
    format: (value) => (typeof value === "number" ? format(value) : ""),
  };
}

/**
 * Returns the columns of the table: the trial and the metric of the run, then the settings, then the rest.
 * Columns without values are omitted.
 */
export function createColumns(data: ReportData): TrialColumn[] {
  const text = (value: CellValue): string => (value === null ? "" : String(value));
  const whole = (value: CellValue): string => (typeof value === "number" ? formatCount(value) : text(value));
  const columns: TrialColumn[] = [
    { id: "trial", head: "trial", isText: false, value: ({ number }) => number, format: text },
    metricColumn(data.metric),
    { id: "seed", head: "seed", isText: false, value: ({ seed }) => seed, format: text },
    ...data.parameters.map(({ path, label, scale }, index): TrialColumn => ({
      id: path,
      head: label,
      isText: scale === "category",
      value: ({ values }) => values[index] ?? null,
      format: formatValue,
    })),
    { id: "status", head: "status", isText: true, value: ({ status }) => status, format: text },
    ...metrics.filter((metric) => metric !== data.metric).map(metricColumn),
    { id: "epochs", head: "epochs", isText: false, value: ({ epochs }) => epochs, format: text },
    {
      id: "parameters",
      head: "weights",
      isText: false,
      value: ({ parameters }) => parameters,
      format: whole,
    },
    {
      id: "seconds",
      head: "time",
      isText: false,
      value: ({ seconds }) => seconds,
      format: (value) => (typeof value === "number" ? formatSeconds(value) : ""),
    },
    { id: "parent", head: "continues", isText: false, value: ({ parent }) => parent, format: text },
    { id: "reason", head: "reason", isText: true, value: ({ reason }) => reason, format: text },
  ];
  return columns.filter(({ value }) => data.trials.some((trial) => value(trial) !== null));
}

/** Returns the trials in the order of a column. Trials without a value come last, in both directions. */
export function sortTrials(
  trials: readonly ReportTrial[],
  { value }: TrialColumn,
  descending: boolean,
): ReportTrial[] {
  const sign = descending ? -1 : 1;
  return trials.toSorted((a, b) => {
    const [first, second] = [value(a), value(b)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    if (typeof first === "number" && typeof second === "number") return sign * (first - second);
    return sign * (String(first) < String(second) ? -1 : Number(String(first) > String(second)));
  });
}

/** Returns the trials that match a text: each of its words must occur in a cell. */
export function searchTrials(
  trials: readonly ReportTrial[],
  columns: readonly TrialColumn[],
  text: string,
): ReportTrial[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return trials.filter((trial) => {
    const cells = columns.map(({ value, format }) =>
      format(value(trial)).replaceAll("\u00a0", " ").toLowerCase(),
    );
    return words.every((word) => cells.some((cell) => cell.includes(word)));
  });
}

/**
 * Returns trials as CSV (RFC 4180) with all digits. Puts an apostrophe before a text that a spreadsheet would
 * interpret as a formula.
 */
export function formatTrialsCsv(trials: readonly ReportTrial[], columns: readonly TrialColumn[]): string {
  const rows = [
    columns.map(({ id }) => id),
    ...trials.map((trial) => columns.map(({ value }) => value(trial))),
  ];
  return rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

function csvCell(value: CellValue): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
