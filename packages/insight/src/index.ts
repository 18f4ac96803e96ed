export { computeAgreement, type Agreement } from "./calibration/agreement.ts";
export { computeAccuracyCoverageCurve, type CoveragePoint } from "./calibration/coverage.ts";
export {
  predictionsFromLogits,
  predictionsFromProbabilities,
  type LabeledPredictions,
} from "./calibration/predictions.ts";
export {
  expectedCalibrationError,
  computeReliabilityBins,
  type ReliabilityBin,
} from "./calibration/reliability.ts";
export { brierScore, negativeLogLikelihood, topKAccuracy } from "./calibration/scores.ts";
export {
  comparePaired,
  compareWelch,
  type DegenerateCase,
  type MeanComparison,
} from "./comparison/compare-means.ts";
export {
  compareWithBest,
  type CompareWithBestResult,
  type ComparisonWithBest,
  type ValuesBySeed,
} from "./comparison/compare-with-best.ts";
export { adjustHolm } from "./comparison/holm.ts";
export { mcnemarTest } from "./comparison/mcnemar.ts";
export { computePower, computeRequiredSeeds, type PlannedComparison } from "./comparison/power.ts";
export { summarize, type Interval, type Summary } from "./comparison/summarize.ts";
export { fanova, type FanovaShares } from "./importance/fanova.ts";
export { pedAnova, type PedAnovaOptions } from "./importance/ped-anova.ts";
export { rankCorrelation } from "./importance/rank-correlation.ts";
