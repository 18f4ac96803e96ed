import * as Plot from "@observablehq/plot";
import { useCallback, useEffect, useState } from "preact/hooks";

import type { ReportData, ReportTrial } from "../../data/report-data.ts";
import { Chart, Figure } from "../charts/chart.tsx";
import { colors } from "../colors.ts";
import { pluralize, formatPercent, getMetricFormat } from "../format.ts";
import {
  hasDifferentResults,
  computeImportance,
  type Importance as Shares,
} from "../importance/compute-importance.ts";
import { useReport } from "../selection.ts";

/** With fewer configurations per parameter, a warning is shown. */
const FEW = 10;

/** Whether several parameters were swept. The importance of a single one would be 100 %. */
export function hasImportance(data: ReportData): boolean {
  return data.parameters.length > 1 && hasDifferentResults(data, data.trials);
}

/** The importance of the parameters, and the directions of their effects. */
export function Importance() {
  const { data, selection } = useReport();
  const importance = useImportance(data, selection.trials);
  return (
    <>
      <h2>Importance of the parameters</h2>
      <p class="intro">
        Importance does not show the direction of an effect. A correlation does not show its shape. Compare
        both with the plots of single parameters below.
      </p>
      {importance === "computing" ? (
        <div style={{ minHeight: "320px" }} />
      ) : importance === undefined ? (
        <p class="warning">The results of the selected trials differ too little to compute the importance.</p>
      ) : (
        <>
          {warningsOf(data, importance).map((text) => (
            <p class="warning" key={text}>
              {text}
            </p>
          ))}
          <div class="grid">
            <ShareChart importance={importance} />
            <CorrelationChart importance={importance} />
          </div>
        </>
      )}
    </>
  );
}

/** Computes the importance after the page is shown, because it takes almost a second for 200 trials. */
function useImportance(data: ReportData, trials: readonly ReportTrial[]): Shares | undefined | "computing" {
  const [importance, setImportance] = useState<Shares | undefined | "computing">("computing");
  useEffect(() => {
    const timer = setTimeout(() => setImportance(computeImportance(data, trials)), 50);
    return () => clearTimeout(timer);
  }, [data, trials]);
  return importance;
}

function warningsOf({ parameters }: ReportData, { configurations, outOfBagR2 }: Shares): string[] {
  const few = configurations < FEW * parameters.length;
  return [
    ...(few
      ? [
          `${pluralize(configurations, "configuration")} for ` +
            `${pluralize(parameters.length, "parameter")} are few: ` +
            `the order of the bars may change with more trials.`,
        ]
      : []),
    ...(outOfBagR2 !== undefined && outOfBagR2 < 0.3
      ? [
          "The model of the importance explains little of the results (R² = " +
            `${outOfBagR2.toFixed(2).replace("-", "−")} on ` +
            `trials that it has not seen). The bars are unreliable.`,
        ]
      : []),
  ];
}

const bar = { insetTop: 2, insetBottom: 2 } as const;
const below = { labelAnchor: "center", labelArrow: "none" } as const;

function ShareChart({ importance }: { readonly importance: Shares }) {
  const { method, parameters } = importance;
  const rows = parameters.filter(({ share }) => share !== undefined);
  const plot = useCallback(
    (width: number): Plot.PlotOptions => ({
      ...rowsFrame(rows, width),
      x: {
        label: "importance (%)",
        ...below,
        grid: true,
        ticks: 5,
        domain: [0, 100 * Math.max(0.01, ...rows.map(({ share = 0 }) => share)) * 1.14],
      },
      marks: [
        Plot.barX(rows, { y: "label", x: ({ share }) => 100 * share, fill: colors.blue, ...bar }),
        Plot.text(rows, {
          y: "label",
          x: ({ share }) => 100 * share,
          text: ({ share }) => (100 * share).toFixed(0),
          textAnchor: "start",
          dx: 5,
          fill: colors.ink,
        }),
      ],
    }),
    [importance],
  );
  const [first] = rows;
  const sum = rows.reduce((total, { share = 0 }) => total + share, 0);
  const what =
    method === "fANOVA"
      ? "fANOVA (Hutter et al. 2014): the share of the variance of the results that a parameter explains alone. " +
        `Interactions explain the rest, ${formatPercent(1 - sum, 0)}.`
      : "PED-ANOVA (Watanabe et al. 2023): how much the values of the best tenth differ from those of all trials. " +
        "It is valid for adaptive samplers and for pruned trials.";
  return (
    <Figure
      title="Importance"
      caption={
        <>
          {first === undefined ? "" : `${first.label} matters most (${formatPercent(first.share ?? 0, 0)}). `}
          {what}
        </>
      }
    >
      <Chart label="Importance of each parameter" plot={plot} />
    </Figure>
  );
}

function CorrelationChart({ importance }: { readonly importance: Shares }) {
  const { data } = useReport();
  const { parameters } = importance;
  const rows = parameters.filter(({ share }) => share !== undefined);
  const known = rows.filter(({ correlation }) => correlation !== undefined);
  const plot = useCallback(
    (width: number): Plot.PlotOptions => ({
      ...rowsFrame(rows, width),
      x: {
        label: "rank correlation",
        ...below,
        domain: [-1.25, 1.25],
        ticks: [-1, -0.5, 0, 0.5, 1],
        tickFormat: (x: number) => String(x).replace("-", "−"),
      },
      marks: [
        Plot.gridX([-1, -0.5, 0.5, 1]),
        Plot.barX(known, {
          y: "label",
          x1: 0,
          x2: "correlation",
          fill: ({ correlation }) => (correlation < 0 ? colors.orange : colors.blue),
          ...bar,
        }),
        ...[-1, 1].map((sign) =>
          Plot.text(
            known.filter(({ correlation = 0 }) => (correlation < 0 ? -1 : 1) === sign),
            {
              y: "label",
              x: "correlation",
              text: ({ correlation }) => correlation.toFixed(2).replace("-", "−"),
              textAnchor: sign < 0 ? "end" : "start",
              dx: 5 * sign,
              fill: colors.ink,
            },
          ),
        ),
        Plot.text(
          rows.filter(({ correlation }) => correlation === undefined),
          { y: "label", x: 0, text: () => "no order", fill: colors.soft, dx: 6, textAnchor: "start" },
        ),
        Plot.ruleX([0], { stroke: colors.soft }),
      ],
    }),
    [importance],
  );
  return (
    <Figure
      title="Direction"
      caption={
        <>
          Spearman's rank correlation with the {getMetricFormat(data.metric).label}. Blue: larger values come
          with a larger {getMetricFormat(data.metric).label}; orange: with a smaller one. A metric that peaks
          in the middle has a correlation near 0.
        </>
      }
    >
      <Chart label="Rank correlation of each parameter with the metric" plot={plot} />
    </Figure>
  );
}

/** Returns the layout of a chart with one row per parameter. */
function rowsFrame(rows: readonly { readonly label: string }[], width: number): Plot.PlotOptions {
  const labels = rows.map(({ label }) => label);
  const longest = Math.max(...labels.map(({ length }) => length));
  return {
    height: 52 + 34 * labels.length,
    marginBottom: 38,
    marginTop: 8,
    marginLeft: Math.min(width * 0.4, 20 + 6.6 * longest),
    y: { domain: labels, label: null, tickSize: 0 },
  };
}
