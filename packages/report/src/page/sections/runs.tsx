import * as Plot from "@observablehq/plot";
import { useCallback } from "preact/hooks";

import type { OtherRun, ReportData } from "../../data/report-data.ts";
import { Chart, Figure } from "../charts/chart.tsx";
import { colors } from "../colors.ts";
import { formatCount, formatEstimate, formatPValue, getMetricFormat } from "../format.ts";
import { useReport } from "../selection.ts";
import { groupByConfiguration, describeConfiguration } from "../trials/configurations.ts";

/** Whether the report is about several runs. */
export function hasRuns(data: ReportData): boolean {
  return data.others.length > 0;
}

/** A comparison of the best configurations of several runs. */
export function Runs() {
  const { data } = useReport();
  const rows = [mainRun(data), ...data.others].filter((row) => row !== undefined);
  return (
    <>
      <h2>The runs compared</h2>
      <p class="intro">
        The best configuration of each run, by its own metric. The rest of the page is about the first run.
      </p>
      <RunChart rows={rows} />
      <div class="card">
        <div class="scroll" tabIndex={0} role="region" aria-label="Table of runs">
          <table class="pair runs">
            <thead>
              <tr>
                {[
                  "run",
                  "best configuration",
                  "metric",
                  "test accuracy",
                  "weights",
                  "trials",
                  "first run minus this",
                ].map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.run}>
                  <th scope="row">
                    {row.run.split("/")[0]}
                    <small>{row.run.split("/").slice(1).join("/")}</small>
                  </th>
                  <td>{row.settings === "" ? (row.description ?? "") : row.settings}</td>
                  <td class="number">
                    {formatEstimate(getMetricFormat(row.metric), row.best)}
                    <small>{getMetricFormat(row.metric).label}</small>
                  </td>
                  <td class="number">
                    {row.test === null ? "–" : formatEstimate(getMetricFormat("test.accuracy"), row.test)}
                  </td>
                  <td class="number">{row.parameters === null ? "–" : formatCount(row.parameters)}</td>
                  <td class="number">{row.trials}</td>
                  <td class="number">
                    <Difference row={row} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </>
  );
}

/** Returns the main run in the form of the others. */
function mainRun(data: ReportData): OtherRun | undefined {
  const best = groupByConfiguration(data, data.trials).find(({ metric }) => metric !== null);
  if (best?.metric == null) return undefined;
  const [first] = best.trials;
  return {
    run: data.run,
    description: data.description,
    settings: [describeConfiguration(data, first!.values), data.differingSettings]
      .filter((text) => text !== "")
      .join(", "),
    metric: data.metric,
    best: best.metric,
    test: best.test,
    parameters: first!.parameters,
    trials: data.trials.length,
    epochs: data.trials.reduce((sum, { ownEpochs }) => sum + ownEpochs, 0),
    comparison: null,
  };
}

function Difference({ row: { comparison, metric } }: { readonly row: OtherRun }) {
  if (comparison === null) return <>–</>;
  const { difference, pValue, pairs } = comparison;
  const test = pairs === null ? "Welch test" : `paired test over ${pairs} seeds`;
  const sign = difference < 0 ? "−" : "+";
  const size = getMetricFormat(metric).formatDifference(Math.abs(difference)).replace("percentage ", "");
  return (
    <>
      {sign}
      {size}
      <small>{pValue === null ? "too few seeds to test" : `${test}, ${formatPValue(pValue)}`}</small>
    </>
  );
}

/** The mean and the interval of each run that has the same metric as the first run. */
function RunChart({ rows }: { readonly rows: readonly OtherRun[] }) {
  const { data } = useReport();
  const metricFormat = getMetricFormat(data.metric);
  const plot = useCallback(
    (width: number): Plot.PlotOptions => {
      const points = rows
        .filter(({ metric }) => metric === data.metric)
        .map(({ run, best: { mean, margin } }) => ({
          run,
          mean: mean * metricFormat.factor,
          low: (mean - (margin ?? 0)) * metricFormat.factor,
          high: (mean + (margin ?? 0)) * metricFormat.factor,
        }));
      const longest = Math.max(...points.map(({ run }) => run.length));
      return {
        height: 50 + 32 * points.length,
        marginLeft: Math.min(0.5 * width, 16 + 6.8 * longest),
        marginRight: 20,
        marginBottom: 38,
        marginTop: 6,
        x: {
          label: metricFormat.axis,
          labelAnchor: "center",
          labelArrow: "none",
          nice: true,
          grid: true,
          ticks: 6,
        },
        y: { label: null, domain: points.map(({ run }) => run), tickSize: 0 },
        marks: [
          Plot.ruleY(points, {
            y: "run",
            x1: "low",
            x2: "high",
            stroke: colors.blue,
            strokeWidth: 2,
            strokeOpacity: 0.55,
          }),
          Plot.dot(points, { y: "run", x: "mean", r: 4.5, fill: colors.blue }),
        ],
      };
    },
    [rows.length],
  );
  return (
    <Figure caption={<>Dots are means over the seeds, lines their 95&nbsp;% intervals.</>}>
      <Chart label={`${metricFormat.label} of each run`} plot={plot} />
    </Figure>
  );
}
