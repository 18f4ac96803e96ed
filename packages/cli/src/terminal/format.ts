import { toPrintableLine } from "@nn/platform/printable";
import type { SweptValue } from "@nn/training";

/** Formats a count: `412,345`. */
export function formatCount(value: number): string {
  // Intl.NumberFormat does the same, but takes 30 ms to load.
  return Number.isFinite(value)
    ? BigInt(Math.round(value))
        .toString()
        .replaceAll(/\B(?=(?:\d{3})+$)/g, ",")
    : String(value);
}

/**
 * Returns the first of the lines that fits into `width` characters, or the last line. The lines are
 * alternatives, the longest first.
 */
export function findFittingLine(lines: readonly string[], width: number): string {
  return lines.find((line) => line.length <= width) ?? lines.at(-1) ?? "";
}

/** Formats a number of epochs: `1 epoch`, `10 epochs`. */
export function formatEpochs(epochs: number): string {
  return `${formatCount(epochs)} ${epochs === 1 ? "epoch" : "epochs"}`;
}

/** Formats a fraction from 0 to 1 as a percentage: `97.62 %`. */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** Formats a loss: `0.0812`, with four decimals below 1000, in scientific notation above. */
export function formatLoss(loss: number): string {
  if (!Number.isFinite(loss)) return String(loss);
  return Math.abs(loss) < 1000 ? loss.toFixed(4) : loss.toExponential(3);
}

/** Formats a duration: `0.8 s`, `2 min 05 s`, `1 h 03 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const pad = (value: number): string => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** Formats a large number: `1.8 × 10¹³`. */
export function formatScientific(value: number): string {
  const [digits = "", exponent = ""] = value.toExponential(1).split("e+");
  return `${digits} × 10${exponent.replaceAll(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(Number(digit)))}`;
}

/** Formats a file size: `2.1 MB`, `210 MB`. One decimal below 10, none above. */
export function formatBytes(bytes: number): string {
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let power = 0;
  for (; value >= 999.5 && power < units.length - 1; power++) value /= 1000;
  return `${value.toFixed(value < 9.95 ? 1 : 0)} ${units[power]}`;
}

/** Formats a metric by its CSV column name: losses as numbers, accuracies as percentages. */
export function formatMetric(name: string, value: number): string {
  return name.endsWith(".accuracy") ? formatPercent(value) : formatLoss(value);
}

/**
 * Formats a swept value on one line. A block becomes its type with its options in brackets. A missing value
 * becomes a dash.
 */
export function formatValue(value: SweptValue | undefined): string {
  if (value === undefined) return "–";
  if (typeof value === "string") return toPrintableLine(formatLabel(value));
  if (typeof value !== "object" || value === null) return String(value);
  return toPrintableLine(formatBlock(value));
}

/** Formats a string value. A block or a list of blocks as JSON, as in labels, is formatted like a block. */
function formatLabel(text: string): string {
  if (!/^(\{|\[\{)"/.test(text)) return text;
  try {
    const parsed: unknown = JSON.parse(text);
    const blocks = Array.isArray(parsed) ? parsed : [parsed];
    return blocks.every(isBlock) ? blocks.map(formatBlock).join(", ") : text;
  } catch {
    return text;
  }
}

/** A swept block, such as `{ type: adam, beta1: 0.8 }` or `{ steps: 5 }`. */
type SweptBlock = Readonly<Record<string, unknown>>;

function isBlock(value: unknown): value is SweptBlock {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function formatBlock({ type, ...options }: SweptBlock): string {
  const list = Object.entries(options).map(([name, option]) => `${name} ${formatOption(option)}`);
  if (typeof type !== "string") return list.join(", ");
  return list.length === 0 ? type : `${type} (${list.join(", ")})`;
}

function formatOption(option: unknown): string {
  return typeof option === "string" ? option : JSON.stringify(option);
}
