import * as Plot from "@observablehq/plot";
import { useCallback } from "preact/hooks";

import type { ReportData } from "../../data/report-data.ts";
import { colors, statusColors } from "../colors.ts";
import { pluralize, formatCount, formatPercent, joinWords, getMetricFormat } from "../format.ts";
import { useReport } from "../selection.ts";
import { createMetricAxis } from "./metric-axis.ts";
import { computeBestSoFar, clampToRange, computeMetricDomain, createTrialPoints } from "../trials/points.ts";
import { Chart, Figure, Legend } from "./chart.tsx";

const frame = { height: 250, marginLeft: 48, marginBottom: 40, marginTop: 22, marginRight: 14 } as const;
const below = { labelAnchor: "center", labelArrow: "none" } as const;

/** The metric of each trial, in the order of the trials, and the best value so far. */
export function HistoryChart({ height = frame.height }: { readonly height?: number }) {
  const { data, selection } = useReport();
  const scale = getMetricFormat(data.metric);
  const points = createTrialPoints(data, selection.trials);
  const bests = computeBestSoFar(points, data.goal);
  const last = bests.find(({ best }) => best === bests.at(-1)!.best)?.point;
  const plot = useCallback((): Plot.PlotOptions => {
    const domain = computeMetricDomain(data, createTrialPoints(data, data.trials));
    const dots = points.map(({ number, status, value }) => ({
      number,
      status,
      value: clampToRange(domain, value),
    }));
    const line = bests.map(({ point: { number }, best }) => ({ number, value: clampToRange(domain, best) }));
    return {
      ...frame,
      height,
      x: {
        domain: [data.trials[0]?.number ?? 0, data.trials.at(-1)?.number ?? 1],
        label: "trial",
        ...below,
        ticks: 6,
        inset: 6,
        tickFormat: (x: number) => (Number.isInteger(x) ? String(x) : ""),
      },
      y: createMetricAxis(scale, domain),
      marks: [
        Plot.dot(dots, {
          x: "number",
          y: "value",
          r: 2.8,
          fill: ({ status }: { status: keyof typeof statusColors }) => statusColors[status],
          fillOpacity: 0.55,
        }),
        Plot.line(line, {
          x: "number",
          y: "value",
          curve: "step-after",
          stroke: colors.orange,
          strokeWidth: 2.25,
        }),
      ],
    };
  }, [data, selection.trials]);
  return (
    <Figure
      title="Optimization history"
      caption={
        <>
          Each dot is a trial. The orange line is the best value of the completed trials so far.{" "}
          {last === undefined
            ? ""
            : `Trial ${last.number} has the best value of ${formatCount(data.trials.length)}.`}
        </>
      }
    >
      <Chart label={`${scale.label} of each trial and the best so far`} plot={plot} />
    </Figure>
  );
}

/** The cumulative distribution of the metric over the trials. */
export function CumulativeDistribution() {
  const { data, selection } = useReport();
  const scale = getMetricFormat(data.metric);
  const values = createTrialPoints(data, selection.trials)
    .map(({ value }) => value)
    .sort((a, b) => a - b);
  const plot = useCallback((): Plot.PlotOptions => {
    const domain = computeMetricDomain(data, createTrialPoints(data, data.trials));
    const steps = [
      { value: domain[0], share: 0 },
      ...values.map((value, at) => ({
        value: clampToRange(domain, value),
        share: (100 * (at + 1)) / values.length,
      })),
      { value: domain[1], share: 100 },
    ];
    return {
      ...frame,
      x: { domain, label: scale.axis, ...below, ticks: 5 },
      y: { domain: [0, 100], label: "trials up to this value (%)", labelArrow: "none", grid: true, ticks: 5 },
      marks: [
        Plot.areaY(steps, {
          x: "value",
          y1: 0,
          y2: "share",
          curve: "step-after",
          fill: colors.blue,
          fillOpacity: 0.1,
        }),
        Plot.line(steps, {
          x: "value",
          y: "share",
          curve: "step-after",
          stroke: colors.blue,
          strokeWidth: 2.25,
        }),
      ],
    };
  }, [data, selection.trials]);
  const half = values[Math.floor(values.length / 2)];
  return (
    <Figure
      title="Distribution of results"
      caption={
        half === undefined ? (
          "No trial of the selection has a result."
        ) : (
          <>
            The share of trials up to each value. Half of them reach {scale.format(half / scale.factor)}; a
            steep end means that good settings are easy to find.
          </>
        )
      }
    >
      <Chart label={`Empirical distribution of the ${scale.label}`} plot={plot} />
    </Figure>
  );
}

/** Whether a trial was pruned. */
export function hasTimeline(data: ReportData): boolean {
  return data.trials.some(({ status }) => status === "pruned");
}

/** How many epochs each trial trained, and where it was pruned. */
export function Timeline() {
  const { selection } = useReport();
  const bars = selection.trials.map(({ number, status, epochs }) => ({ number, status, epochs }));
  const rungs = [
    ...new Set(bars.filter(({ status }) => status === "pruned").map(({ epochs }) => epochs)),
  ].sort((a, b) => a - b);
  const used = [...new Set(bars.map(({ status }) => status))];
  const plot = useCallback(
    (): Plot.PlotOptions => ({
      ...frame,
      marginTop: 6,
      height: Math.max(250, Math.min(480, 70 + bars.length * 6)),
      x: {
        label: "epochs",
        ...below,
        ticks: 6,
        tickFormat: (x: number) => (Number.isInteger(x) ? String(x) : ""),
      },
      y: {
        type: "band",
        label: "trial",
        labelArrow: "none",
        padding: bars.length > 60 ? 0 : 0.25,
        ticks: bars.map(({ number }) => number).filter((_, at) => at % Math.ceil(bars.length / 12) === 0),
        tickSize: 0,
      },
      marks: [
        Plot.barX(bars, {
          x: "epochs",
          y: "number",
          fill: ({ status }: { status: keyof typeof statusColors }) => statusColors[status],
          fillOpacity: 0.8,
        }),
        Plot.ruleX(rungs, { stroke: colors.ink, strokeDasharray: "2 3", strokeOpacity: 0.6 }),
      ],
    }),
    [selection.trials],
  );
  const pruned = bars.filter(({ status }) => status === "pruned").length;
  return (
    <Figure
      isWide
      title="Rungs and pruning"
      caption={
        <>
          {pluralize(pruned, "trial")} pruned, after {joinWords(rungs.map(String))}{" "}
          {rungs.length === 1 && rungs[0] === 1 ? "epoch" : "epochs"} (dotted lines).
        </>
      }
    >
      <Legend entries={used.map((status) => ({ color: statusColors[status], label: status }))} />
      <Chart label="Epochs of each trial" plot={plot} />
    </Figure>
  );
}

/** Whether the best value improves after the first trial. Otherwise the chart would be a flat line. */
export function hasBudget(data: ReportData): boolean {
  const bests = computeBestSoFar(createTrialPoints(data, data.trials), data.goal);
  return bests[0]?.best !== bests.at(-1)?.best;
}

/** The best value so far against the total number of epochs trained. */
export function BudgetChart() {
  const { data, selection } = useReport();
  const scale = getMetricFormat(data.metric);
  const points = createTrialPoints(data, selection.trials);
  let sum = 0;
  const spent = computeBestSoFar(
    points.map((point) => ({ ...point, epochs: (sum += point.trial.ownEpochs) })),
    data.goal,
  ).map(({ point: { epochs }, best }) => ({ epochs, best }));
  const onPruned = points.reduce(
    (total, { trial, status }) => total + (status === "pruned" ? trial.ownEpochs : 0),
    0,
  );
  const reached = spent.find(({ best }) => best === spent.at(-1)!.best);
  const plot = useCallback((): Plot.PlotOptions => {
    const [low, high] = computeMetricDomain(data, createTrialPoints(data, data.trials));
    const values = (spent.length === 0 ? [low, high] : spent.map(({ best }) => best)).map((value) =>
      clampToRange([low, high], value),
    );
    const space = 0.08 * (Math.max(...values) - Math.min(...values) || high - low);
    const domain = [Math.min(...values) - space, Math.max(...values) + space] as const;
    const line = spent.map(({ epochs, best: value }) => ({ epochs, value: clampToRange(domain, value) }));
    return {
      ...frame,
      x: { label: "total epochs trained", ...below, ticks: 6 },
      y: createMetricAxis(scale, domain),
      marks: [
        Plot.line(line, {
          x: "epochs",
          y: "value",
          curve: "step-after",
          stroke: colors.orange,
          strokeWidth: 2.25,
        }),
        Plot.dot(line.slice(-1), { x: "epochs", y: "value", r: 4, fill: colors.orange }),
      ],
    };
  }, [data, selection.trials]);
  return (
    <Figure
      title="Budget"
      caption={
        <>
          The best value of the completed trials so far against the epochs trained, in the order of the
          trials.{" "}
          {reached === undefined
            ? ""
            : `The best value was found after ${formatCount(reached.epochs)} of ${pluralize(sum, "epoch")}.`}
          {onPruned > 0
            ? ` ${formatPercent(onPruned / sum, 0)} of the epochs were spent on pruned trials.`
            : ""}
        </>
      }
    >
      <Chart label={`Best ${scale.label} against the epochs trained`} plot={plot} />
    </Figure>
  );
}
