import * as Plot from "@observablehq/plot";
import { useCallback } from "preact/hooks";

import { colors } from "../colors.ts";
import { getMetricFormat } from "../format.ts";
import { useReport } from "../selection.ts";
import { clampToRange, computeMetricDomain, createTrialPoints } from "../trials/points.ts";
import { Chart, Figure, Legend } from "./chart.tsx";
import { createMetricAxis } from "./metric-axis.ts";
import { createParameterScale } from "./parameter-scale.ts";

/** The metric against each swept parameter. */
export function SlicePlots() {
  const { data, selection } = useReport();
  const hasPruned = selection.trials.some(({ status }) => status === "pruned");
  return (
    <Figure
      title="One parameter at a time"
      caption={
        <>
          The {getMetricFormat(data.metric).label} against each parameter. Each dot is a trial. A clear slope
          or peak shows where to search next. A flat cloud means that the parameter matters little. Very bad
          trials are drawn at the edge.
        </>
      }
    >
      {hasPruned && (
        <Legend
          entries={[
            { color: colors.blue, label: "completed" },
            { color: colors.gray, label: "pruned, with its last value" },
          ]}
        />
      )}
      <div class="slices" style={{ "--columns": columnsFor(data.parameters.length) }}>
        {data.parameters.map((parameter, index) => (
          <Slice key={parameter.path} index={index} />
        ))}
      </div>
    </Figure>
  );
}

/** Returns a number of columns for which no row is nearly empty. */
function columnsFor(parameters: number): number {
  if (parameters <= 4) return parameters;
  return parameters % 4 === 0 || parameters % 4 === 3 ? 4 : 3;
}

function Slice({ index }: { readonly index: number }) {
  const { data, selection } = useReport();
  const parameter = data.parameters[index]!;
  const scale = getMetricFormat(data.metric);
  const plot = useCallback(
    (_width: number): Plot.PlotOptions => {
      const all = createTrialPoints(data, data.trials);
      const domain = computeMetricDomain(data, all);
      const points = createTrialPoints(data, selection.trials).flatMap(({ trial, value, status }) => {
        const x = trial.values[index] ?? null;
        return x === null ? [] : [{ x, y: clampToRange(domain, value), status, number: trial.number, value }];
      });
      return {
        height: 210,
        marginLeft: 42,
        marginBottom: 40,
        marginTop: 20,
        marginRight: 10,
        x: {
          ...createParameterScale(data, index),
          label: parameter.label,
          labelAnchor: "center",
          labelArrow: "none",
        },
        y: createMetricAxis(scale, domain),
        marks: [
          Plot.dot(points, {
            x: "x",
            y: "y",
            r: 3.2,
            fill: ({ status }: { status: string }) => (status === "completed" ? colors.blue : colors.gray),
            fillOpacity: 0.6,
            title: ({ number, value }: { number: number; value: number }) =>
              `trial ${number}: ${scale.format(value / scale.factor)}`,
          }),
        ],
      };
    },
    [data, selection.trials, index],
  );
  return <Chart label={`${scale.label} against ${parameter.label}`} plot={plot} />;
}
