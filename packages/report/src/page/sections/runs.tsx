import * as Plot from "@observablehq/plot";
import { useCallback } from "preact/hooks";

import type { ComparedRun, Estimate, ReportData } from "../../data/report-data.ts";
import { Chart, Figure } from "../charts/chart.tsx";
import { colors } from "../colors.ts";
import { formatCount, formatPValue, getMetricFormat, type MetricFormat } from "../format.ts";
import { useReport } from "../selection.ts";

/** Whether the report compares several runs. */
export function hasRuns(data: ReportData): boolean {
  return (data.runComparison?.runs.length ?? 0) > 1;
}

/** A comparison of the best configurations of several runs. */
export function Runs() {
  const { data } = useReport();
  const { metric, runs, conclusions } = data.runComparison!;
  const scale = getMetricFormat(metric);
  const tested = getMetricFormat("test.accuracy");
  return (
    <>
      <h2>The runs compared</h2>
      <p class="intro">
        The best configuration of each run, best run first. The rest of the page shows run A.
      </p>
      {conclusions.length > 0 && <p class="conclusion">{conclusions.join(" ")}</p>}
      <RunChart runs={runs} scale={scale} />
      <div class="card">
        <div class="scroll" tabIndex={0} role="region" aria-label="Table of runs">
          <table class="pair runs">
            <thead>
              <tr>
                {[
                  "run",
                  scale.label,
                  "difference from the best",
                  "configuration",
                  ...(metric === "test.accuracy" ? [] : [tested.label]),
                  "weights",
                  "trials",
                ].map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.label}>
                  <th scope="row">
                    <strong>{run.label}</strong> {run.run.split("/")[0]}
                    <small>{run.run.split("/").slice(1).join("/")}</small>
                  </th>
                  <td class="number">
                    <EstimateCell scale={scale} estimate={run.metric} />
                  </td>
                  <td class="number">
                    <DifferenceCell scale={scale} run={run} />
                  </td>
                  <td>{run.settings === "" ? "–" : run.settings}</td>
                  {data.metric !== "test.accuracy" && (
                    <td class="number">
                      <EstimateCell scale={tested} estimate={run.test} />
                    </td>
                  )}
                  <td class="number">{run.parameters === null ? "–" : formatCount(run.parameters)}</td>
                  <td class="number">{formatCount(run.trials)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </>
  );
}

function EstimateCell({
  scale,
  estimate,
}: {
  readonly scale: MetricFormat;
  readonly estimate: Estimate | null;
}) {
  if (estimate === null) return <>–</>;
  const { mean, margin } = estimate;
  return (
    <>
      {scale.format(mean)}
      {margin !== null && <small>{scale.formatInterval(mean - margin, mean + margin)}</small>}
    </>
  );
}

function DifferenceCell({ scale, run }: { readonly scale: MetricFormat; readonly run: ComparedRun }) {
  if (run.difference === null) return <>–</>;
  const { value, interval, pValue } = run.difference;
  return (
    <>
      {scale.formatDifference(value)}
      {interval !== null && <small>{scale.formatInterval(...interval)}</small>}
      <small>{pValue === null ? "too few seeds" : formatPValue(pValue)}</small>
    </>
  );
}

/** The mean and the interval of each run. */
function RunChart({ runs, scale }: { readonly runs: readonly ComparedRun[]; readonly scale: MetricFormat }) {
  const plot = useCallback(
    (width: number): Plot.PlotOptions => {
      const points = runs.flatMap(({ label, run, metric }) => {
        if (metric === null) return [];
        const { mean, margin } = metric;
        return [
          {
            name: `${label} ${run}`,
            mean: mean * scale.factor,
            low: (mean - (margin ?? 0)) * scale.factor,
            high: (mean + (margin ?? 0)) * scale.factor,
          },
        ];
      });
      const longest = Math.max(...points.map(({ name }) => name.length));
      // If the names would take up most of the chart, only the letters are shown.
      const marginLeft = 16 + 6.8 * longest;
      const isNarrow = marginLeft > 0.4 * width;
      return {
        height: 50 + 32 * points.length,
        marginLeft: isNarrow ? 24 : marginLeft,
        marginRight: 20,
        marginBottom: 38,
        marginTop: 6,
        x: {
          label: scale.axis,
          labelAnchor: "center",
          labelArrow: "none",
          nice: true,
          grid: true,
          ticks: isNarrow ? 4 : 6,
        },
        y: {
          label: null,
          domain: points.map(({ name }) => name),
          tickSize: 0,
          tickFormat: (name: string) => (isNarrow ? name.split(" ", 1)[0]! : name),
        },
        marks: [
          Plot.ruleY(points, {
            y: "name",
            x1: "low",
            x2: "high",
            stroke: colors.blue,
            strokeWidth: 2,
            strokeOpacity: 0.55,
          }),
          Plot.dot(points, { y: "name", x: "mean", r: 4.5, fill: colors.blue }),
        ],
      };
    },
    [runs, scale.axis],
  );
  return (
    <Figure caption={<>Dots are means over the seeds, lines their 95&nbsp;% intervals.</>}>
      <Chart label={`${scale.label} of each run`} plot={plot} />
    </Figure>
  );
}
