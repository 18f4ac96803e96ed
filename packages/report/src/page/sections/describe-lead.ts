import type { Lead, ReportData } from "../../data/report-data.ts";
import { formatPValue, type MetricFormat } from "../format.ts";

/** States whether the best configuration is significantly better than the second. */
export function describeLead(
  { difference, pValue, pairs }: Lead,
  goal: ReportData["goal"],
  metricFormat: MetricFormat,
): string {
  if (difference === 0) return "The runner-up has the same mean.";
  const size = metricFormat.formatDifference(Math.abs(difference));
  const isBehind = goal === "maximize" ? difference < 0 : difference > 0;
  if (isBehind)
    return `The runner-up is better by ${size}, but not all trials of the two configurations are completed.`;
  const lead = `Its lead over the runner-up is ${size}`;
  if (pairs < 2)
    return `${lead}. One seed cannot show whether this is more than chance: set repeats to 3 or more.`;
  if (pValue === null)
    return `${lead} with each of the ${pairs} seeds, so chance cannot be estimated: set repeats to ${pairs + 3}.`;
  const test = `paired test over ${pairs} seeds, ${formatPValue(pValue)}`;
  if (pValue < 0.05) return `${lead}, which is significant (${test}).`;
  return `${lead}, which may be chance (${test}). Treat the two as equal.`;
}
