import type { EpochMetrics } from "../train.ts";

/**
 * The epoch whose validation was best, the first of equals; undefined without validation. It informs only:
 * the weights that are kept and tested are those of the last epoch.
 *
 * `metric`: `validation.loss` or `validation.accuracy`. Any other goes by validation.accuracy, maximized: the
 * training measure would name the last epoch and the test set must choose nothing.
 */
export function bestEpoch(
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
