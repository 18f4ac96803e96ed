import { useMemo } from "preact/hooks";

import type { ReportData } from "../../data/report-data.ts";
import { BestConfigurations } from "../charts/best-configurations.tsx";
import { formatCount, pluralize } from "../format.ts";
import { useReport } from "../selection.ts";
import { groupByConfiguration } from "../trials/configurations.ts";
import { TrialTable } from "../trials/trial-table.tsx";

/** Whether there are several trials. If there is only one, the summary describes it. */
export function hasTrials(data: ReportData): boolean {
  return data.trials.length > 1;
}

/** The best configurations as intervals, and all trials as a table. */
export function Trials() {
  const { data, selection } = useReport();
  const configurations = useMemo(
    () => groupByConfiguration(data, selection.trials),
    [data, selection.trials],
  );
  const scored = configurations.filter(({ metric }) => metric !== null);
  return (
    <>
      <h2>The trials</h2>
      <p class="intro">
        {pluralize(data.trials.length, "trial")}, {endedWords(data)}. Sort the table by a column, filter it by
        any text, or save it as CSV.
      </p>
      {scored.length > 1 && <BestConfigurations configurations={scored} />}
      <TrialTable />
    </>
  );
}

function endedWords({ trials }: ReportData): string {
  const numbers = Map.groupBy(trials, ({ status }) => status);
  return [...numbers].map(([status, own]) => `${formatCount(own.length)} ${status}`).join(", ");
}
