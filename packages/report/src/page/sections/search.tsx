import type { ReportData } from "../../data/report-data.ts";
import { Contour, hasContour } from "../charts/contour.tsx";
import { ParallelCoordinates } from "../charts/parallel-coordinates.tsx";
import {
  BudgetChart,
  CumulativeDistribution,
  hasBudget,
  hasTimeline,
  HistoryChart,
  Timeline,
} from "../charts/search-charts.tsx";
import { SlicePlots } from "../charts/slices.tsx";
import { useReport } from "../selection.ts";

/** Whether parameters were swept. */
export function isSweep(data: ReportData): boolean {
  return data.parameters.length > 0 && data.trials.length > 1;
}

/** The parallel coordinates, in which trials can be selected. */
export function TrialSelection() {
  return (
    <>
      <h2>Settings and results</h2>
      <p class="intro">
        The swept settings and the result of each trial. A selection here filters the rest of the page.
      </p>
      <ParallelCoordinates />
    </>
  );
}

/** How the metric depends on the settings, and the progress of the search. */
export function Search() {
  const { data } = useReport();
  return (
    <>
      <h2>The search in detail</h2>
      <p class="intro">How the metric depends on one and on two settings, and the cost of the search.</p>
      <SlicePlots />
      <div class="grid" style={{ marginTop: "20px" }}>
        {hasContour(data) && <Contour />}
        <HistoryChart height={hasContour(data) ? 320 : 250} />
        <CumulativeDistribution />
        {hasBudget(data) && <BudgetChart />}
        {hasTimeline(data) && <Timeline />}
      </div>
    </>
  );
}
