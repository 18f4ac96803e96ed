import type { EpochMetrics } from "../train.ts";

/**
 * Returns the epoch with the best validation metric, or the first of several equal ones. Returns undefined
 * without validation. For the epoch whose weights are kept and tested, see `findRestoredEpoch`.
 *
 * `metric` is `validation.loss` or `validation.accuracy`. For any other metric, `validation.accuracy` is
 * maximized: training metrics are usually best in the last epoch, and the test set is never used for
 * selection.
 */
export function findBestEpoch(
  epochs: readonly EpochMetrics[],
  metric: string,
  goal: "maximize" | "minimize",
): number | undefined {
  const byLoss = metric === "validation.loss";
  const sign = (byLoss || metric === "validation.accuracy") && goal === "minimize" ? -1 : 1;
  let best: { epoch: number; score: number } | undefined;
  for (const { epoch, validation } of epochs) {
    if (validation === undefined) continue;
    const score = sign * (byLoss ? validation.loss : validation.accuracy);
    if (best === undefined || score > best.score) best = { epoch, score };
  }
  return best?.epoch;
}
