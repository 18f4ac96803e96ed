import type { Forecast } from "@nn/runner";
import { formatBytes, formatCount, formatScientific, formatSeconds } from "./format.ts";

/**
 * Returns the forecast on one line: `forecast 240 epochs: about 1 min 10 s with 2 workers, 1.8 × 10¹³
 * multiply-adds, 21 MB on the disk`. `workers` describes the workers that the time is for.
 */
export function formatForecast(
  { epochs, multiplyAdds, seconds, bytes, isUpperBound }: Forecast,
  workers: string,
): string {
  const count = Math.round(epochs);
  const what = `${formatCount(count)} ${count === 1 ? "epoch" : "epochs"}`;
  const time = `${isUpperBound ? "at most " : ""}about ${formatSeconds(seconds)} with ${workers}`;
  return (
    `forecast  ${what}: ${time}, ${formatScientific(multiplyAdds)} multiply-adds, ` +
    `${formatBytes(bytes)} on the disk`
  );
}

/** Returns the line to print if a network could not be timed. */
export function formatMissingForecast(reason: string): string {
  return `forecast  none: a timed training step failed: ${reason}`;
}
