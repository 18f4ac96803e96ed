import { computeClassMetrics, type SavedEvaluation } from "@nn/training";

import { formatCount, formatLoss, formatPercent } from "./format.ts";
import { formatTable, type Column } from "./table.ts";

const SETS: readonly Column[] = [
  { head: "", align: "left" },
  { head: "loss", align: "right" },
  { head: "accuracy", align: "right" },
];
const CLASSES: readonly Column[] = [
  { head: "class", align: "left" },
  { head: "test images", align: "right" },
  { head: "precision", align: "right" },
  { head: "recall", align: "right" },
  { head: "F1", align: "right" },
];

/**
 * Returns the lines about an evaluation: the metrics of each set of images, then the metrics of each class.
 */
export function formatEvaluation(
  { validation, test, predictions, classNames }: SavedEvaluation,
  width: number,
): string[] {
  const sets = [["validation", validation] as const, ["test", test] as const].flatMap(([name, metrics]) =>
    metrics === undefined ? [] : [[name, formatLoss(metrics.loss), formatPercent(metrics.accuracy)]],
  );
  const share = (value: number | undefined): string => (value === undefined ? "–" : formatPercent(value));
  const classes = computeClassMetrics(predictions.confusion).map((each) => [
    String(classNames?.[each.class] ?? each.class),
    formatCount(each.images),
    share(each.precision),
    share(each.recall),
    share(each.f1),
  ]);
  return [...formatTable(SETS, sets, width), "", ...formatTable(CLASSES, classes, width)];
}
