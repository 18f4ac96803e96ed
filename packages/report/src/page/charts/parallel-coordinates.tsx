import * as Plot from "@observablehq/plot";
import { brushY, type D3BrushEvent } from "d3-brush";
import { select } from "d3-selection";
import { useCallback, useMemo } from "preact/hooks";

import type { ReportData, ReportTrial } from "../../data/report-data.ts";
import { colors, getSequentialColor } from "../colors.ts";
import { formatCount, pluralize, formatNumber, getTrialMetric, getMetricFormat } from "../format.ts";
import { passesFilter, useReport, type Axis, type AxisFilter } from "../selection.ts";
import { AxisFilters } from "../trials/axis-filters.tsx";
import { Chart, Figure, ColorRamp } from "./chart.tsx";
import { createMetricColorScale, getColorPosition } from "./metric-color-scale.ts";
import { listTicks } from "./parameter-scale.ts";

/** An axis. It maps values to positions from 0 (bottom) to 1 (top). */
export interface ParallelAxis {
  readonly axis: Axis;
  readonly name: string;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  /** Returns the position of a trial; undefined if it has no value. */
  place(trial: ReportTrial): number | undefined;
  /** Returns the filter for a range of positions. */
  filterOf(low: number, high: number): AxisFilter;
  /** Returns the range of positions of a filter. */
  rangeOf(filter: AxisFilter): readonly [low: number, high: number];
}

/** A selection that ends this close to an end of its axis is extended to it, because dragging is inexact. */
const NEAR_END = 0.03;

const HEIGHT = 330;
const MARGIN = { top: 34, bottom: 18, left: 46, right: 64 };

/** All trials as lines across one axis per swept parameter. Brushing an axis filters the page. */
export function ParallelCoordinates() {
  const { data, selection } = useReport();
  const axes = useMemo(
    () => [...data.parameters.map((_, index) => parameterAxis(data, index)), metricAxis(data)],
    [data],
  );
  const { filters, setFilter } = selection;
  const scale = getMetricFormat(data.metric);
  const goodness = useMemo(() => createMetricColorScale(data), [data]);

  const plot = useCallback(
    (width: number): Plot.PlotOptions => {
      const points = data.trials
        .toSorted((a, b) => getColorPosition(goodness, a) - getColorPosition(goodness, b))
        .flatMap((trial) => {
          const isIn = [...filters].every(([axis, filter]) => passesFilter(data, trial, axis, filter));
          return axes.flatMap((axis, x) => {
            const y = axis.place(trial);
            return y === undefined
              ? []
              : [{ trial: trial.number, x, y, isIn, strength: getColorPosition(goodness, trial) }];
          });
        });
      const ticks = axes.flatMap(({ ticks }, x) => ticks.map(({ at, text }) => ({ x, y: at, text })));
      const isNarrow = width < 640;
      const names = axes.map(({ name }, x) => ({ x, name, y: isNarrow && x % 2 === 1 ? 1.13 : 1.06 }));
      const line = { x: "x", y: "y", z: "trial", curve: "bump-x" } as const;
      return {
        height: HEIGHT,
        marginTop: isNarrow ? 48 : MARGIN.top,
        marginBottom: MARGIN.bottom,
        marginLeft: isNarrow ? 34 : MARGIN.left,
        marginRight: isNarrow ? 40 : MARGIN.right,
        x: { axis: null, domain: [0, axes.length - 1] },
        y: { axis: null, domain: [0, 1] },
        marks: [
          Plot.line(
            points.filter(({ isIn }) => !isIn),
            { ...line, stroke: colors.gray, strokeOpacity: 0.14, strokeWidth: 1 },
          ),
          Plot.line(
            points.filter(({ isIn }) => isIn),
            {
              ...line,
              stroke: ({ strength }: { strength: number }) => getSequentialColor(strength),
              strokeOpacity: 0.75,
              strokeWidth: 1.6,
            },
          ),
          Plot.ruleX(
            axes.map((_, x) => x),
            { stroke: colors.soft, strokeWidth: 1 },
          ),
          Plot.text(ticks, {
            x: "x",
            y: "y",
            text: "text",
            textAnchor: "end",
            dx: -6,
            fontSize: isNarrow ? 10 : 11,
            fill: colors.ink,
            stroke: colors.card,
            strokeWidth: 9,
          }),
          Plot.text(names, {
            x: "x",
            y: "y",
            text: "name",
            fontWeight: 600,
            fontSize: isNarrow ? 10 : 12,
            fill: colors.ink,
            lineAnchor: "bottom",
            clip: false,
          }),
        ],
      };
    },
    [data, axes, filters, goodness],
  );

  const onDraw = useCallback(
    (svg: SVGSVGElement, figure: Element & Plot.Plot) => {
      const x = figure.scale("x");
      const y = figure.scale("y");
      if (x === undefined || y === undefined) return;
      const [top, bottom] = [y.apply(1), y.apply(0)];
      for (const [at, axis] of axes.entries()) {
        const center = x.apply(at);
        const brush = brushY<unknown>()
          .extent([
            [center - 16, top],
            [center + 16, bottom],
          ])
          .on("end", (event: D3BrushEvent<unknown>) => {
            if (!event.sourceEvent) return;
            if (!isRange(event.selection)) setFilter(axis.axis, undefined);
            else {
              const [upper, lower] = event.selection;
              setFilter(
                axis.axis,
                axis.filterOf((bottom - lower) / (bottom - top), (bottom - upper) / (bottom - top)),
              );
            }
          });
        const group = select(svg).append("g").attr("class", "brush").attr("data-axis", axis.name).call(brush);
        const filter = filters.get(axis.axis);
        if (filter !== undefined) {
          const [low, high] = axis.rangeOf(filter);
          const place = (share: number): number => bottom - Math.min(1, Math.max(0, share)) * (bottom - top);
          brush.move(group, [place(high), place(low)]);
        }
      }
    },
    [axes, filters, setFilter],
  );

  const [low, high] = goodness.range;
  return (
    <Figure
      title="Parallel coordinates"
      caption={
        <>
          Each line is a trial. Strong colors mean a better {scale.label}. Drag along an axis to select
          trials: the selection holds for the table and for all charts below. Click an axis to drop its
          selection.
        </>
      }
    >
      <div class="controls">
        <ColorRamp from={scale.format(low)} to={scale.format(high)} />
        <span class="spacer" />
        <span class="filtered">
          {selection.isFiltered
            ? `${formatCount(selection.trials.length)} of ${pluralize(data.trials.length, "trial")} selected`
            : "all trials selected"}
        </span>
        <button type="button" disabled={!selection.isFiltered} onClick={selection.clear}>
          Select all
        </button>
      </div>
      <Chart
        label={`Parallel coordinates of ${data.trials.length} trials: ${axes.map(({ name }) => name).join(", ")}`}
        plot={plot}
        onDraw={onDraw}
      />
      <AxisFilters />
    </Figure>
  );
}

function isRange(selection: unknown): selection is [number, number] {
  return Array.isArray(selection) && typeof selection[0] === "number";
}

function parameterAxis(data: ReportData, index: number): ParallelAxis {
  const { label, scale } = data.parameters[index]!;
  const values = [...new Set(data.trials.map(({ values }) => values[index] ?? null))].filter(
    (value) => value !== null,
  );
  if (scale === "category") return categoryAxis(index, label, values.map(String).sort());
  return numberAxis(
    index,
    label,
    values.map(Number),
    scale,
    listTicks(values.map(Number), scale),
    (value) => formatNumber(value, 3),
    ({ values: own }) => {
      const value = own[index];
      return typeof value === "number" ? value : undefined;
    },
  );
}

function metricAxis(data: ReportData): ParallelAxis {
  const scale = getMetricFormat(data.metric);
  const { range } = createMetricColorScale(data);
  const values = data.trials.flatMap((trial) => getTrialMetric(trial, data.metric) ?? []);
  // A few very bad trials would compress all others at one end.
  const numbers = values.filter((value) =>
    data.goal === "minimize" ? value <= range[0] : value >= range[0],
  );
  const [min, max] = [Math.min(...numbers), Math.max(...numbers)];
  return numberAxis(
    "metric",
    scale.label,
    numbers,
    "linear",
    [...new Set([0, 0.25, 0.5, 0.75, 1].map((share) => min + share * (max - min)))],
    scale.formatPlain,
    (trial) => getTrialMetric(trial, data.metric) ?? undefined,
  );
}

function numberAxis(
  axis: Axis,
  name: string,
  values: readonly number[],
  scale: "linear" | "log",
  ticks: readonly number[],
  format: (value: number) => string,
  read: (trial: ReportTrial) => number | undefined,
): ParallelAxis {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const isLog = scale === "log";
  const to = (value: number): number => (isLog ? Math.log(value) : value);
  const width = to(max) - to(min) || 1;
  const place = (value: number): number => Math.min(1, Math.max(0, (to(value) - to(min)) / width));
  const back = (share: number): number => {
    const value = to(min) + share * width;
    return isLog ? Math.exp(value) : value;
  };
  return {
    axis,
    name,
    ticks: ticks.map((value) => ({ at: place(value), text: format(value) })),
    place(trial) {
      const value = read(trial);
      return value === undefined ? undefined : place(value);
    },
    // A range that reaches an end includes the values beyond it.
    filterOf: (low, high) => ({
      kind: "range",
      from: low <= NEAR_END ? -Infinity : back(low),
      to: high >= 1 - NEAR_END ? Infinity : back(high),
    }),
    rangeOf: (filter) =>
      filter.kind === "range"
        ? [filter.from === -Infinity ? 0 : place(filter.from), filter.to === Infinity ? 1 : place(filter.to)]
        : [0, 1],
  };
}

function categoryAxis(index: number, name: string, values: readonly string[]): ParallelAxis {
  const place = (value: string): number => (values.indexOf(value) + 0.5) / values.length;
  return {
    axis: index,
    name,
    ticks: values.map((value) => ({
      at: place(value),
      text: value.length > 16 ? `${value.slice(0, 15)}…` : value,
    })),
    place({ values: own }) {
      const value = own[index] ?? null;
      return value === null ? undefined : place(String(value));
    },
    filterOf: (low, high) => ({
      kind: "values",
      values: values.filter((value) => place(value) >= low && place(value) <= high),
    }),
    rangeOf(filter) {
      const places = filter.kind === "values" ? filter.values.map(place) : [];
      const half = 0.4 / values.length;
      return places.length === 0 ? [0, 0] : [Math.min(...places) - half, Math.max(...places) + half];
    },
  };
}
