import * as Plot from "@observablehq/plot";
import { useCallback } from "preact/hooks";

import type { LearningRate } from "../../data/report-data.ts";
import { colors } from "../colors.ts";
import { formatNumber } from "../format.ts";
import { Chart, Figure } from "./chart.tsx";

/** The learning rate of the best trial over its epochs. */
export function LearningRateChart({ rate }: { readonly rate: LearningRate }) {
  const { trial, points } = rate;
  const plot = useCallback(
    (): Plot.PlotOptions => ({
      height: 190,
      marginLeft: 56,
      marginBottom: 38,
      marginTop: 22,
      x: { label: "epochs", labelAnchor: "center", labelArrow: "none", ticks: 8 },
      y: {
        label: "learning rate",
        labelArrow: "none",
        grid: true,
        ticks: 4,
        zero: true,
        tickFormat: (y: number) => formatNumber(y, 3),
      },
      marks: [Plot.line(points, { x: "0", y: "1", stroke: colors.teal, strokeWidth: 2.25 })],
    }),
    [points],
  );
  const rates = points.map(([, value]) => value);
  return (
    <Figure
      isWide
      title="Learning rate"
      caption={
        <>
          The learning rate of trial {trial} at each step, from {formatNumber(rates[0]!, 3)} to{" "}
          {formatNumber(rates.at(-1)!, 3)}, at most {formatNumber(Math.max(...rates), 3)}.
        </>
      }
    >
      <Chart label="Learning rate at each step" plot={plot} />
    </Figure>
  );
}
