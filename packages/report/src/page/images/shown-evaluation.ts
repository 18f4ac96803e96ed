import { useMemo, useState } from "preact/hooks";

import type { EvaluatedSet, SetEvaluation } from "../../data/network-data.ts";
import type { ReportData } from "../../data/report-data.ts";

/** The predictions of the networks for the chosen set of images. */
export interface ShownEvaluation extends SetEvaluation {
  /** The name of each class by label. */
  readonly classes: readonly string[];
}

/**
 * Stores the chosen set of images for the whole page. Initially, it is the validation set, if the run has
 * one.
 */
export function useShownEvaluation({ evaluation }: ReportData) {
  const [chosen, showSet] = useState<EvaluatedSet>();
  const shown = useMemo((): ShownEvaluation | null => {
    if (evaluation === null) return null;
    const { sets, classes } = evaluation;
    return { ...(sets.find(({ set }) => set === chosen) ?? sets[0]), classes };
  }, [evaluation, chosen]);
  return { evaluation: shown, showSet };
}

/** Explains whether a set of images was used for model selection. */
export function describeSelection({ metric, validatesOnTest }: ReportData, set: EvaluatedSet): string {
  if (set === "test" && !validatesOnTest) return "The test images were never used to choose a network.";
  if (set === "validation" && !metric.startsWith("validation"))
    return "The network did not learn from these images.";
  return "Networks were chosen by their results on these images, so the results are slightly optimistic.";
}
