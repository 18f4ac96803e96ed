import { accuracyByCoverage, brierScore, expectedCalibrationError, reliabilityBins } from "@nn/insight";
import type { CalibrationData } from "@nn/report";

import type { NetworkPredictions } from "./outputs.ts";

/** Number of points of the coverage curve. */
const POINTS = 60;

/** Returns how well the probabilities of a network agree with its accuracy, with 15 bins of equal width. */
export function calibrationOf({ predictions }: Pick<NetworkPredictions, "predictions">): CalibrationData {
  const bins = reliabilityBins(predictions);
  const curve = accuracyByCoverage(predictions);
  const step = Math.max(1, Math.floor(curve.length / POINTS));
  // The accuracy of a few images says nothing: the curve begins with one in fifty.
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
