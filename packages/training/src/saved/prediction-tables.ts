import type { ImageOrigins } from "@nn/mnist";
import { formatCsv } from "@nn/results";

import { computeClassMetrics, computeTopKAccuracies } from "../metrics/class-metrics.ts";
import type { Predictions } from "../metrics/predictions.ts";

/** The CSV tables of the predictions on one set of images, by file name. */
export const PREDICTION_TABLES = ["confusion.csv", "classes.csv", "top-k.csv", "mistakes.csv"] as const;

/** Names of classes and images, for the tables. */
export interface PredictionNames {
  /** Class names by label. If absent, the tables contain labels. */
  readonly classNames?: readonly string[] | undefined;
  /** The origin of the images. */
  readonly origins?: ImageOrigins | undefined;
}

/** Creates the tables of the predictions on one set of images, as CSV by file name. */
export function createPredictionTables(
  predictions: Predictions,
  { classNames, origins }: PredictionNames,
): Record<(typeof PREDICTION_TABLES)[number], string> {
  const nameOf: NameOf = (label) => classNames?.[label] ?? label;
  return {
    "confusion.csv": confusionTable(predictions, nameOf),
    "classes.csv": classesTable(predictions, nameOf),
    "top-k.csv": topTable(predictions),
    "mistakes.csv": mistakesTable(predictions, nameOf, origins),
  };
}

type NameOf = (label: number) => string | number;

/**
 * Returns the confusion matrix: numbers of images, with one row per actual class and one column per predicted
 * class.
 */
function confusionTable({ confusion }: Predictions, nameOf: NameOf): string {
  const header = ["actual", ...confusion.keys().map((predicted) => `predicted ${nameOf(predicted)}`)];
  return formatCsv(
    header,
    confusion.map((row, actual) => [nameOf(actual), ...row]),
  );
}

/** Returns the metrics table: one row per class. A cell is empty if the denominator of its ratio is 0. */
function classesTable({ confusion }: Predictions, nameOf: NameOf): string {
  const rows = computeClassMetrics(confusion).map((each) => [
    nameOf(each.class),
    each.images,
    each.precision,
    each.recall,
    each.f1,
  ]);
  return formatCsv(["class", "images", "precision", "recall", "f1"], rows);
}

/** Returns the top-k table: one row per k. */
function topTable({ ranks }: Predictions): string {
  return formatCsv(
    ["k", "accuracy"],
    computeTopKAccuracies(ranks).map((accuracy, index) => [index + 1, accuracy]),
  );
}

/** Returns the table of mistakes: one row per misclassified image, in the order of the evaluation. */
function mistakesTable({ mistakes }: Predictions, nameOf: NameOf, origins: ImageOrigins | undefined): string {
  const rows = mistakes.map(({ index, label, predicted, margin }) => [
    index,
    nameOf(label),
    nameOf(predicted),
    margin,
    ...(origins === undefined ? [] : [origins.of(index)]),
  ]);
  const last = origins === undefined ? [] : [origins.kind];
  return formatCsv(["index", "label", "predicted", "margin", ...last], rows);
}
