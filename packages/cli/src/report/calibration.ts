import {
  computeAccuracyCoverageCurve,
  brierScore,
  expectedCalibrationError,
  computeReliabilityBins,
} from "@nn/insight";
import type { CalibrationData } from "@nn/report";

import type { SetPredictions } from "./outputs.ts";

/** Number of points of the coverage curve. */
const POINTS = 60;

/** Computes the calibration of a network, with 15 bins of equal width. */
export function computeCalibration({ predictions }: Pick<SetPredictions, "predictions">): CalibrationData {
  const bins = computeReliabilityBins(predictions);
  const curve = computeAccuracyCoverageCurve(predictions);
  const step = Math.max(1, Math.floor(curve.length / POINTS));
  // The curve begins at 2 % of the images, because the accuracy of fewer images is too noisy.
  const shown = curve.filter(
    ({ coverage }, at) => (at % step === 0 && coverage >= 0.02) || at === curve.length - 1,
  );
  return {
    expectedError: rounded(expectedCalibrationError(bins)),
    brier: rounded(brierScore(predictions)),
    bins: bins.flatMap(({ lower, upper, count, confidence, accuracy }) =>
      confidence === undefined || accuracy === undefined
        ? []
        : [
            {
              from: rounded(lower),
              to: rounded(upper),
              images: count,
              confidence: rounded(confidence),
              accuracy: rounded(accuracy),
            },
          ],
    ),
    coverage: shown.map(({ coverage, accuracy }) => ({
      share: rounded(coverage),
      accuracy: rounded(accuracy),
    })),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
