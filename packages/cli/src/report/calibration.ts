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
  // The curve starts at 2 % of the images, because the accuracy of fewer images is too noisy.
  const shown = curve.filter(
    ({ coverage }, at) => (at % step === 0 && coverage >= 0.02) || at === curve.length - 1,
  );
  return {
    expectedError: round(expectedCalibrationError(bins)),
    brier: round(brierScore(predictions)),
    bins: bins.flatMap(({ lower, upper, count, confidence, accuracy }) =>
      confidence === undefined || accuracy === undefined
        ? []
        : [
            {
              from: round(lower),
              to: round(upper),
              images: count,
              confidence: round(confidence),
              accuracy: round(accuracy),
            },
          ],
    ),
    coverage: shown.map(({ coverage, accuracy }) => ({
      share: round(coverage),
      accuracy: round(accuracy),
    })),
  };
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
