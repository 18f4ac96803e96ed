import type { Estimate, MetricColumn, NullableNumber, ReportTrial } from "../data/report-data.ts";

/** The unit of a percentage, which stays on the line of its number. */
export const PERCENT = "\u00a0%";

/** The label, unit and number format with which a metric is displayed. */
export interface MetricFormat {
  /** Such as `validation accuracy`. */
  readonly label: string;
  /** The label with its unit, for axes. */
  readonly axis: string;
  /** Factor from the stored to the displayed number: 100 for an accuracy in percent. */
  readonly factor: number;
  /** Returns a value with its unit. */
  readonly format: (value: number) => string;
  /** Returns a difference of two values with its unit. */
  readonly formatDifference: (value: number) => string;
  /** Returns the ends of an interval without the unit, such as `97.95 to 98.29`. */
  readonly formatInterval: (low: number, high: number) => string;
}

/** Returns the format of a metric. */
export function getMetricFormat(metric: MetricColumn): MetricFormat {
  const [set, kind] = metric.split(".");
  const label = `${set === "train" ? "training" : set} ${kind}`;
  if (kind === "accuracy") {
    return {
      label,
      axis: `${label} (%)`,
      factor: 100,
      format: (value) => `${(100 * value).toFixed(2)}${PERCENT}`,
      formatDifference: (value) => `${(100 * value).toFixed(2)} percentage points`,
      formatInterval: (low, high) => `${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)}`,
    };
  }
  return {
    label,
    axis: label,
    factor: 1,
    format: (value) => formatNumber(value, 4),
    formatDifference: (value) => formatNumber(value, 3),
    formatInterval: (low, high) => `${formatNumber(low, 4)} to ${formatNumber(high, 4)}`,
  };
}

/** Returns a mean and its 95 % interval, such as `98.12 % (97.95 to 98.29)`; for one seed, its value. */
export function formatEstimate(metricFormat: MetricFormat, { mean, margin }: Estimate): string {
  if (margin === null) return metricFormat.format(mean);
  return `${metricFormat.format(mean)} (${metricFormat.formatInterval(mean - margin, mean + margin)})`;
}

/** Returns a trial's metric; null if it has none. */
export function getTrialMetric(trial: ReportTrial, metric: MetricColumn): NullableNumber {
  const [set, kind] = metric.split(".");
  const metrics = set === "train" ? trial.train : set === "validation" ? trial.validation : trial.test;
  return (kind === "loss" ? metrics?.loss : metrics?.accuracy) ?? null;
}

/** Returns a number with a few significant digits, without trailing zeros. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return inPowers(rounded);
  return withSeparators(rounded);
}

/** Returns a whole number with a thin space between groups of three digits. */
export function formatCount(value: number): string {
  return withSeparators(Math.round(value));
}

/** Returns 0 … 1 in percent. */
export function formatPercent(share: number, decimals = 1): string {
  return `${(100 * share).toFixed(decimals)}${PERCENT}`;
}

/** Returns a duration with one or two units. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${formatNumber(seconds, 2)}\u00a0s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes}\u00a0min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Returns a swept value as a cell. */
export function formatValue(value: number | string | null): string {
  if (value === null) return "–";
  return typeof value === "number" ? formatNumber(value) : value;
}

/** Returns a p-value as in papers. */
export function formatPValue(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(p < 0.1 ? 3 : 2)}`;
}

/** Returns a list in words: `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Returns a number with the noun in the right form. */
export function formatCountedNoun(number: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(number)} ${number === 1 ? noun : plural}`;
}

/** Returns a number such as `5.04 × 10⁻⁷`. */
function inPowers(value: number): string {
  const [digits = "", exponent = ""] = value.toExponential().replace("+", "").split("e");
  const raised = exponent.replaceAll(/[-\d]/g, (each) =>
    each === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(Number(each)),
  );
  return `${digits.replace("-", "−")} × 10${raised}`;
}

function withSeparators(value: number): string {
  const [whole = "", fraction] = String(Math.abs(value)).split(".");
  const grouped = whole.length > 4 ? whole.replaceAll(/\B(?=(\d{3})+$)/g, "\u202f") : whole;
  return `${value < 0 ? "−" : ""}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}
