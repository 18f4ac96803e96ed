import type { Estimate, MetricColumn, NullableNumber, ReportTrial } from "../data/report-data.ts";

/** The percent sign, after a space that does not break the line. */
export const PERCENT = "\u00a0%";

/** The label, unit and number format with which a metric is displayed. */
export interface MetricFormat {
  /** For example `validation accuracy`. */
  readonly label: string;
  /** The label with its unit, for axes. */
  readonly axis: string;
  /** Factor from the stored to the displayed number: 100 for an accuracy in percent. */
  readonly factor: number;
  /** Returns a value with its unit. */
  readonly format: (value: number) => string;
  /** Returns a value without its unit, with the same number of decimals. */
  readonly formatPlain: (value: number) => string;
  /** Returns a difference of two values with its unit. */
  readonly formatDifference: (value: number) => string;
  /** Returns the ends of an interval without the unit, such as `97.95 to 98.29`. */
  readonly formatInterval: (low: number, high: number) => string;
}

/** Returns the format of a metric. */
export function getMetricFormat(metric: MetricColumn): MetricFormat {
  const [set, kind] = metric.split(".");
  const label = `${set === "train" ? "training" : set} ${kind}`;
  const isAccuracy = kind === "accuracy";
  const formatPlain = isAccuracy ? (value: number) => formatFixed(100 * value, 2) : formatLoss;
  return {
    label,
    axis: isAccuracy ? `${label} (%)` : label,
    factor: isAccuracy ? 100 : 1,
    format: (value) => `${formatPlain(value)}${isAccuracy ? PERCENT : ""}`,
    formatPlain,
    formatDifference: (value) => `${formatPlain(value)}${isAccuracy ? "\u00a0points" : ""}`,
    formatInterval: (low, high) => `${formatPlain(low)} to ${formatPlain(high)}`,
  };
}

/**
 * Returns a mean and its 95 % interval, such as `98.12 % (97.95 to 98.29)`. With one seed, returns only the
 * value.
 */
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

/** Returns a loss with four decimals. Uses scientific notation from 1000 on. */
export function formatLoss(loss: number): string {
  return Math.abs(loss) < 1000 || !Number.isFinite(loss) ? formatFixed(loss, 4) : inPowers(loss, 3);
}

/** Returns a number with a few significant digits, without trailing zeros. Whole numbers keep all digits. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return inPowers(Number(value.toPrecision(digits)));
  return String(rounded).replace("-", "−");
}

/** Returns a whole number with commas: `101,770`. */
export function formatCount(value: number): string {
  return formatFixed(value, 0).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** Returns a share, 0 … 1, in percent. */
export function formatPercent(share: number, decimals = 1): string {
  return `${(100 * share).toFixed(decimals)}${PERCENT}`;
}

/** Returns a duration: `0.8 s`, `2 min 05 s`, `1 h 03 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)}\u00a0s`;
  const pad = (value: number): string => String(value).padStart(2, "0");
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}\u00a0min ${pad(whole % 60)}\u00a0s`;
  const minutes = Math.round(whole / 60);
  return `${formatCount(Math.floor(minutes / 60))}\u00a0h ${pad(minutes % 60)}\u00a0min`;
}

/** Returns a swept value as a cell. */
export function formatValue(value: number | string | null): string {
  if (value === null) return "–";
  return typeof value === "number" ? formatNumber(value) : value;
}

/** Returns a p-value with two digits on one line: `p = 0.012`, `p < 0.001`. */
export function formatPValue(p: number): string {
  return `p\u00a0${p < 0.001 ? "<\u00a00.001" : `=\u00a0${p.toPrecision(2)}`}`;
}

/** Joins words to a list: `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Returns a number with its noun, singular or plural: `1 trial`, `2 trials`. */
export function pluralize(number: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(number)} ${number === 1 ? noun : plural}`;
}

/** Returns a number such as `5.04 × 10⁻⁷`. */
function inPowers(value: number, decimals?: number): string {
  const [digits = "", exponent = ""] = value.toExponential(decimals).replace("+", "").split("e");
  const raised = exponent.replaceAll(/[-\d]/g, (each) =>
    each === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(Number(each)),
  );
  return `${digits.replace("-", "−")} × 10${raised}`;
}

/**
 * Returns a number with a fixed number of decimals. Negative numbers have a minus sign, unless they round to
 * zero.
 */
function formatFixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}
