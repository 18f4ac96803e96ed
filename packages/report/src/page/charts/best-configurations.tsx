import * as Plot from "@observablehq/plot";
import { useCallback } from "preact/hooks";

import { colors } from "../colors.ts";
import { getMetricFormat } from "../format.ts";
import { useReport } from "../selection.ts";
import { describeConfiguration, type Configuration } from "../trials/configurations.ts";
import { Chart, Figure } from "./chart.tsx";

/** Maximum number of configurations to show. */
const MAX_SHOWN = 10;

/** Shows the best configurations: each seed as a dot, the mean as a tick, the interval as a line. */
export function BestConfigurations({
  configurations,
}: {
  readonly configurations: readonly Configuration[];
}) {
  const { data } = useReport();
  const metricFormat = getMetricFormat(data.metric);
  const shown = configurations.slice(0, MAX_SHOWN);
  const [low, high] = domainOf(shown, data.metric.endsWith("accuracy"));
  const isCut = shown.some(({ metric }) => {
    const { mean, margin } = metric!;
    return margin !== null && (mean - margin < low || mean + margin > high);
  });
  const hasSeeds = shown.some(({ scores }) => scores.length > 1);
  const plot = useCallback(
    (width: number): Plot.PlotOptions => {
      const isNarrow = width < 560;
      const space = Math.min(420, width * 0.42);
      const names = new Map(shown.map((each, rank) => [each.index, `${rank + 1}`]));
      const rows = shown.map((each) => {
        const { mean, margin } = each.metric!;
        return {
          name: names.get(each.index)!,
          words: describeConfiguration(data, each.trials[0]!.values),
          mean: mean * metricFormat.factor,
          low: (mean - (margin ?? 0)) * metricFormat.factor,
          high: (mean + (margin ?? 0)) * metricFormat.factor,
        };
      });
      const dots = shown.flatMap((each) =>
        each.scores.map(({ score, seed }) => ({
          name: names.get(each.index)!,
          score: score * metricFormat.factor,
          seed,
        })),
      );
      return {
        height: 46 + rows.length * (isNarrow ? 40 : 30),
        marginLeft: isNarrow ? 22 : 26,
        marginRight: isNarrow ? 12 : space,
        marginBottom: 38,
        marginTop: 6,
        x: {
          label: metricFormat.axis,
          labelAnchor: "center",
          labelArrow: "none",
          domain: [low * metricFormat.factor, high * metricFormat.factor],
          grid: true,
          ticks: isNarrow ? 4 : 6,
        },
        y: { label: null, domain: rows.map(({ name }) => name), tickSize: 0 },
        marks: [
          Plot.ruleY(rows, {
            y: "name",
            x1: "low",
            x2: "high",
            stroke: colors.blue,
            strokeWidth: 2,
            strokeOpacity: 0.55,
            clip: true,
          }),
          Plot.dot(dots, {
            x: "score",
            y: "name",
            r: 3,
            fill: colors.card,
            stroke: colors.blue,
            strokeWidth: 1.5,
          }),
          Plot.tickX(hasSeeds ? rows : [], {
            x: "mean",
            y: "name",
            stroke: colors.orange,
            strokeWidth: 3,
            inset: isNarrow ? 12 : 6,
          }),
          Plot.text(rows, {
            y: "name",
            text: "words",
            frameAnchor: isNarrow ? "left" : "right",
            dx: isNarrow ? 0 : 14,
            dy: isNarrow ? -13 : 0,
            textAnchor: "start",
            fill: colors.ink,
            fontSize: isNarrow ? 10 : 12,
            lineWidth: (isNarrow ? width - 40 : space - 20) / (isNarrow ? 10 : 12),
            textOverflow: "ellipsis-end",
          }),
        ],
      };
    },
    [data, configurations],
  );
  return (
    <Figure
      title={`The best ${shown.length} configurations`}
      caption={
        hasSeeds ? (
          <>
            Circles are seeds, the orange line is their mean, the blue line its 95&nbsp;% interval. Where
            intervals overlap, the order may be chance.
            {isCut && " Intervals that leave the chart are cut."}
          </>
        ) : (
          <>One circle per configuration. A single seed has no interval: another seed may change the order.</>
        )
      }
    >
      <Chart label={`${metricFormat.label} of the best ${shown.length} configurations`} plot={plot} />
    </Figure>
  );
}

/**
 * Returns a range that includes all seeds. It includes the intervals only as far as the seeds stay
 * distinguishable.
 */
function domainOf(configurations: readonly Configuration[], isShare: boolean): [low: number, high: number] {
  const scores = configurations.flatMap((each) => each.scores.map(({ score }) => score));
  const [min, max] = [Math.min(...scores), Math.max(...scores)];
  const span = max - min || Math.abs(max) / 100 || 1;
  const ends = configurations.flatMap(({ metric }) => {
    const { mean, margin } = metric!;
    return [mean - (margin ?? 0), mean + (margin ?? 0)];
  });
  const low = Math.max(isShare ? 0 : -Infinity, min - span, Math.min(min, ...ends));
  const high = Math.min(isShare ? 1 : Infinity, max + span, Math.max(max, ...ends));
  const space = 0.05 * (high - low || span);
  return [low - space, high + space];
}
