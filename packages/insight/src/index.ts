export {
  comparePaired,
  compareWelch,
  type ComparisonLimit,
  type MeanComparison,
} from "./comparison/compare-means.ts";
export { holm } from "./comparison/holm.ts";
export { mcnemar } from "./comparison/mcnemar.ts";
export { powerOf, seedsToDetect, type PlannedComparison } from "./comparison/power.ts";
export { summarize, type Interval, type Summary } from "./comparison/summarize.ts";
