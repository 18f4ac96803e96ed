import { predictionsFromLogits, type LabeledPredictions } from "../src/calibration/predictions.ts";
import { readGolden } from "./golden.ts";

interface CalibrationCase {
  readonly name: string;
  readonly classes: number;
  readonly labels: readonly number[];
  readonly logits: readonly number[];
  /** Of the reliability bins that are not empty. */
  readonly counts: readonly number[];
  readonly accuracy: readonly number[];
  readonly confidence: readonly number[];
  readonly calibrationError: number;
  readonly brier: number;
  readonly logLoss: number;
  /** k → top-k accuracy. */
  readonly top: Readonly<Record<string, number>>;
  readonly coverage: readonly { threshold: number; coverage: number; accuracy: number }[];
}

const golden: { readonly predictions: readonly CalibrationCase[] } = readGolden("calibration");

/** Predictions and their measures by scikit-learn, as written by golden/calibration.py. */
export const calibrationCases = golden.predictions;

/** Returns the predictions of a case. */
export function createPredictions({ logits, labels, classes }: CalibrationCase): LabeledPredictions {
  return predictionsFromLogits(logits, labels, classes);
}
