import { useMemo } from "preact/hooks";

import type { ReportData } from "../../data/report-data.ts";
import { LearningRateChart } from "../charts/learning-rate-chart.tsx";
import { CurveChart } from "../charts/curve-chart.tsx";
import { Legend } from "../charts/chart.tsx";
import { colors } from "../colors.ts";
import { useReport } from "../selection.ts";
import { groupByConfiguration } from "../trials/configurations.ts";

/** Whether a trial has more than one epoch. */
export function hasLearningCurves(data: ReportData): boolean {
  return data.trials.some(({ history }) => history.epoch.length > 1);
}

/** The learning curves of the best configuration, drawn over those of the others. */
export function LearningCurves() {
  const { data, selection } = useReport();
  const configurations = useMemo(
    () => groupByConfiguration(data, selection.trials),
    [data, selection.trials],
  );
  const hasValidation = selection.trials.some(({ history }) => history.validationLoss.length > 0);
  const seeds = configurations[0]?.trials.length ?? 0;
  return (
    <>
      <h2>Learning curves</h2>
      <p class="intro">
        {configurations.length > 1
          ? "The best configuration of the selection is in color, the others are gray."
          : "Accuracy and loss per epoch."}
        {seeds > 1 &&
          " Lines are means over the seeds. Bands are the range from the lowest to the highest seed."}
      </p>
      <Legend
        entries={[
          ...(hasValidation ? [{ color: colors.blue, label: "validation" }] : []),
          { color: colors.orange, label: "training (measured while the weights still change)" },
          ...(configurations.length > 1 ? [{ color: colors.gray, label: "other configurations" }] : []),
        ]}
      />
      <div class="grid">
        <CurveChart configurations={configurations} kind="Accuracy" />
        <CurveChart configurations={configurations} kind="Loss" />
        {data.learningRate !== null && <LearningRateChart rate={data.learningRate} />}
      </div>
    </>
  );
}
