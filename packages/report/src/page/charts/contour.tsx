import * as Plot from "@observablehq/plot";
import { useCallback, useState } from "preact/hooks";

import type { ReportData } from "../../data/report-data.ts";
import { colors, getSequentialColor } from "../colors.ts";
import { getMetricFormat } from "../format.ts";
import { useReport } from "../selection.ts";
import { createTrialPoints } from "../trials/points.ts";
import { Chart, Figure, ColorRamp } from "./chart.tsx";
import { createMetricColorScale } from "./metric-color-scale.ts";
import { createParameterScale } from "./parameter-scale.ts";

/** The minimum number of points for a contour plot. */
const MIN_POINTS = 8;

/** Returns the indices of the parameters that can be an axis of the contour plot. */
export function findContourParameters(data: ReportData): number[] {
  return data.parameters.flatMap(({ scale }, index) => {
    const distinct = new Set(data.trials.map(({ values }) => values[index]));
    return scale !== "category" && distinct.size >= 3 ? [index] : [];
  });
}

/** Whether there are two parameters and enough trials for a contour plot. */
export function hasContour(data: ReportData): boolean {
  return findContourParameters(data).length >= 2 && createTrialPoints(data, data.trials).length >= MIN_POINTS;
}

/** The metric over two parameters, interpolated between the trials. */
export function Contour() {
  const { data, selection } = useReport();
  const choices = findContourParameters(data);
  const distinct = (index: number): number => new Set(data.trials.map(({ values }) => values[index])).size;
  // Ranges come first, because an axis of few values shows little.
  const ordered = choices.toSorted((a, b) => Number(distinct(b) > 8) - Number(distinct(a) > 8));
  const [across, setAcross] = useState(ordered[0]!);
  const [up, setUp] = useState(ordered[1]!);
  const metricFormat = getMetricFormat(data.metric);
  const goodness = createMetricColorScale(data);
  const [worst, best] = goodness.range;
  const plot = useCallback(
    (width: number): Plot.PlotOptions => {
      const points = createTrialPoints(data, selection.trials).flatMap(({ trial, value }) => {
        const [x, y] = [trial.values[across], trial.values[up]];
        return typeof x === "number" && typeof y === "number" ? [{ x, y, value }] : [];
      });
      const mean = [...Map.groupBy(points, ({ x, y }) => `${x} ${y}`).values()].map((own) => ({
        x: own[0]!.x,
        y: own[0]!.y,
        value: own.reduce((sum, { value }) => sum + value, 0) / own.length,
      }));
      const isSpread =
        mean.length >= MIN_POINTS &&
        new Set(mean.map(({ x }) => x)).size >= 2 &&
        new Set(mean.map(({ y }) => y)).size >= 2;
      return {
        height: Math.max(240, Math.min(290, width * 0.6)),
        marginLeft: 52,
        marginBottom: 40,
        marginTop: 22,
        x: {
          ...createParameterScale(data, across),
          inset: 0,
          label: data.parameters[across]!.label,
          labelAnchor: "center",
          labelArrow: "none",
        },
        y: {
          ...createParameterScale(data, up),
          inset: 0,
          label: data.parameters[up]!.label,
          labelArrow: "none",
        },
        color: {
          type: "linear",
          domain: [worst * metricFormat.factor, best * metricFormat.factor],
          clamp: true,
          interpolate: getSequentialColor,
        },
        marks: [
          ...(isSpread
            ? [
                Plot.contour(mean, {
                  x: "x",
                  y: "y",
                  fill: "value",
                  interpolate: "barycentric",
                  thresholds: 12,
                  blur: 4,
                  stroke: colors.card,
                  strokeWidth: 0.6,
                }),
              ]
            : []),
          Plot.dot(mean, {
            x: "x",
            y: "y",
            r: 3,
            fill: isSpread ? colors.card : "value",
            stroke: colors.ink,
            strokeWidth: 1,
            clip: false,
          }),
        ],
      };
    },
    [data, selection.trials, across, up],
  );
  const select = (label: string, value: number, other: number, set: (index: number) => void) => (
    <label>
      {label}
      <select value={value} onChange={(event) => set(Number(event.currentTarget.value))}>
        {choices
          .filter((index) => index !== other)
          .map((index) => (
            <option key={index} value={index}>
              {data.parameters[index]!.label}
            </option>
          ))}
      </select>
    </label>
  );
  return (
    <Figure
      title="Two parameters together"
      caption={
        <>
          <ColorRamp from={metricFormat.format(worst)} to={metricFormat.format(best)} />. The surface is
          interpolated between the evaluated configurations (dots). It is reliable only near dots.
        </>
      }
    >
      <div class="controls">
        {select("Across", across, up, setAcross)}
        {select("Up", up, across, setUp)}
      </div>
      <Chart
        label={`${metricFormat.label} over ${data.parameters[across]!.label} and ${data.parameters[up]!.label}`}
        plot={plot}
      />
    </Figure>
  );
}
