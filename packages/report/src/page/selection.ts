import { createContext } from "preact";
import { useContext, useMemo, useState } from "preact/hooks";

import type { EvaluatedSet } from "../data/network-data.ts";
import type { ReportData, ReportTrial } from "../data/report-data.ts";
import type { ShownEvaluation } from "./images/shown-evaluation.ts";
import { getTrialMetric } from "./format.ts";

/** An axis of the parallel coordinates: the index of a swept parameter, or the metric. */
export type Axis = number | "metric";

/** The values that an axis selects: a range of numbers, or a set of values. */
export type AxisFilter =
  | { readonly kind: "range"; readonly from: number; readonly to: number }
  | { readonly kind: "values"; readonly values: readonly string[] };

/** The trials that pass the filters of all axes, for every section of the page. */
export interface Selection {
  readonly filters: ReadonlyMap<Axis, AxisFilter>;
  readonly trials: readonly ReportTrial[];
  readonly isFiltered: boolean;
  /** Sets the filter of an axis; undefined removes it. */
  readonly setFilter: (axis: Axis, filter: AxisFilter | undefined) => void;
  readonly clear: () => void;
}

/** The report's data, its selection of trials, and the chosen set of images. */
export interface Report {
  readonly data: ReportData;
  readonly selection: Selection;
  /** The predictions of the networks for the chosen set of images; null if no outputs are stored. */
  readonly evaluation: ShownEvaluation | null;
  /** Chooses the set of images for every section of the page. */
  readonly showSet: (set: EvaluatedSet) => void;
}

/** Provides the report to all components. */
export const ReportContext = createContext<Report | null>(null);

/** Returns the report. Throws Error outside of `ReportContext`. */
export function useReport(): Report {
  const report = useContext(ReportContext);
  if (report === null) throw new Error("A section is outside of the report.");
  return report;
}

/** Creates the selection of a report's trials. Initially, all trials are selected. */
export function useSelection(data: ReportData): Selection {
  const [filters, setFilters] = useState<ReadonlyMap<Axis, AxisFilter>>(new Map());
  return useMemo(
    () => ({
      filters,
      isFiltered: filters.size > 0,
      trials: data.trials.filter((trial) =>
        [...filters].every(([axis, filter]) => passesFilter(data, trial, axis, filter)),
      ),
      setFilter(axis, filter) {
        setFilters((before) => {
          const after = new Map(before);
          if (filter === undefined) after.delete(axis);
          else after.set(axis, filter);
          return after;
        });
      },
      clear: () => setFilters(new Map()),
    }),
    [data, filters],
  );
}

/** Whether a trial passes the filter of an axis. A trial without a value does not pass. */
export function passesFilter(data: ReportData, trial: ReportTrial, axis: Axis, filter: AxisFilter): boolean {
  const value = axis === "metric" ? getTrialMetric(trial, data.metric) : (trial.values[axis] ?? null);
  if (filter.kind === "values") return filter.values.includes(String(value));
  return typeof value === "number" && value >= filter.from && value <= filter.to;
}
