import * as Plot from "@observablehq/plot";
import { useCallback } from "preact/hooks";

import type { ReportTrial } from "../../data/report-data.ts";
import { colors } from "../colors.ts";
import { formatLoss, formatPercent } from "../format.ts";
import type { Configuration } from "../trials/configurations.ts";
import { Chart, Figure } from "./chart.tsx";

interface CurvePoint {
  readonly epoch: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** The curve to which the point belongs. */
  readonly curve: string;
}

type Kind = "Accuracy" | "Loss";

/** Maximum number of other configurations to draw. */
const MAX_OTHERS = 200;

/** The accuracy or the loss per epoch. */
export function CurveChart({
  configurations,
  kind,
}: {
  readonly configurations: readonly Configuration[];
  readonly kind: Kind;
}) {
  const [best, ...others] = configurations;
  const factor = kind === "Accuracy" ? 100 : 1;
  const training = best === undefined ? [] : pointsOf(best.trials, `train${kind}`, "training", factor);
  const validation =
    best === undefined ? [] : pointsOf(best.trials, `validation${kind}`, "validation", factor);
  const plot = useCallback(
    (width: number): Plot.PlotOptions => {
      const set = validation.length > 0 ? "validation" : "train";
      const background = others
        .slice(0, MAX_OTHERS)
        .flatMap((each) => pointsOf(each.trials, `${set}${kind}`, `${each.index}`, factor));
      const front = [...training, ...validation];
      const epochs = new Set([...front, ...background].map(({ epoch }) => epoch));
      const band = { x: "epoch", y1: "low", y2: "high", z: "curve", fillOpacity: 0.16, clip: true };
      const line = { x: "epoch", y: "mean", z: "curve", strokeWidth: 2.25, clip: true };
      return {
        height: Math.max(230, Math.min(320, width * 0.62)),
        marginLeft: 46,
        marginBottom: 38,
        marginTop: 22,
        x: {
          label: "epoch",
          labelAnchor: "center",
          labelArrow: "none",
          ticks: epochs.size <= 12 ? [...epochs].sort((a, b) => a - b) : 8,
          tickFormat: (epoch: number) => String(epoch),
          insetRight: 6,
        },
        y: {
          label: kind === "Accuracy" ? "accuracy (%)" : "loss",
          labelArrow: "none",
          grid: true,
          ...domainOf(front, background, kind),
          ticks: 5,
        },
        marks: [
          Plot.line(background, {
            x: "epoch",
            y: "mean",
            z: "curve",
            stroke: colors.gray,
            strokeWidth: 1,
            strokeOpacity: Math.max(0.18, Math.min(0.6, 12 / (others.length + 1))),
            clip: true,
          }),
          Plot.areaY(training, { ...band, fill: colors.orange }),
          Plot.areaY(validation, { ...band, fill: colors.blue }),
          Plot.line(training, { ...line, stroke: colors.orange, strokeDasharray: "5 3" }),
          Plot.line(validation, { ...line, stroke: colors.blue }),
          Plot.dot(front.length <= 40 ? front : [], {
            x: "epoch",
            y: "mean",
            r: 3,
            fill: (point: CurvePoint) => (point.curve === "training" ? colors.orange : colors.blue),
            clip: false,
          }),
        ],
      };
    },
    [configurations, kind],
  );
  return (
    <Figure title={kind} caption={captionOf(kind, training, validation)}>
      <Chart label={`${kind} per epoch. ${captionOf(kind, training, validation)}`} plot={plot} />
    </Figure>
  );
}

function captionOf(kind: Kind, training: readonly CurvePoint[], validation: readonly CurvePoint[]): string {
  const format = (value: number): string =>
    kind === "Accuracy" ? formatPercent(value / 100, 2) : formatLoss(value);
  const [first, last] = [validation, training].find(({ length }) => length > 0) ?? [];
  const curve = validation.length > 0 ? validation : training;
  const name = validation.length > 0 ? "Validation" : "Training";
  const end = curve.at(-1);
  if (first === undefined || last === undefined || end === undefined) return "";
  const better = kind === "Accuracy" ? Math.max : Math.min;
  const extreme = better(...curve.map(({ mean }) => mean));
  const at = curve.find(({ mean }) => mean === extreme)!;
  const what = `${name} ${kind.toLowerCase()}`;
  if (at.epoch === end.epoch)
    return `${what} goes from ${format(curve[0]!.mean)} to ${format(end.mean)} and is best after the last epoch.`;
  return `${what} is best after epoch ${at.epoch}, ${format(at.mean)}, and ends at ${format(end.mean)}.`;
}

/** Returns the mean of each epoch over the trials that have it. */
function pointsOf(
  trials: readonly ReportTrial[],
  column: `${"train" | "validation"}${Kind}`,
  curve: string,
  factor: number,
): CurvePoint[] {
  const values = new Map<number, number[]>();
  for (const { history } of trials) {
    for (const [at, value] of history[column].entries()) {
      if (value === null) continue;
      const epoch = history.epoch[at]!;
      values.set(epoch, [...(values.get(epoch) ?? []), value * factor]);
    }
  }
  return [...values]
    .sort(([a], [b]) => a - b)
    .map(([epoch, own]) => ({
      epoch,
      curve,
      mean: own.reduce((sum, value) => sum + value) / own.length,
      low: Math.min(...own),
      high: Math.max(...own),
    }));
}

/** Returns a range in which the colored curves fill the chart. A few bad gray curves may extend beyond it. */
function domainOf(
  front: readonly CurvePoint[],
  background: readonly CurvePoint[],
  kind: Kind,
): { readonly domain?: [number, number] } {
  if (front.length === 0) return {};
  const own = front.flatMap(({ low, high }) => [low, high]);
  const others = background.map(({ mean }) => mean).sort((a, b) => a - b);
  const quantile = (share: number): number[] =>
    others.length === 0 ? [] : [others[Math.round(share * (others.length - 1))]!];
  const [min, max] =
    kind === "Accuracy"
      ? [Math.min(...own, ...quantile(0.2)), Math.max(...own, ...quantile(1))]
      : [Math.min(...own, ...quantile(0)), Math.max(...own, ...quantile(0.8))];
  const space = 0.04 * (max - min || 1);
  return { domain: [kind === "Loss" ? Math.max(0, min - space) : min - space, max + space] };
}
