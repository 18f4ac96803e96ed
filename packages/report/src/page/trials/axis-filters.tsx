import type { Axis } from "../selection.ts";
import { formatNumber, getTrialMetric, getMetricFormat } from "../format.ts";
import { useReport } from "../selection.ts";

/**
 * Selects trials with the keyboard, like brushing with the mouse: a range per numeric axis, a checkbox per
 * value of other axes.
 */
export function AxisFilters() {
  const { data } = useReport();
  const metricFormat = getMetricFormat(data.metric);
  return (
    <details>
      <summary>Select with numbers</summary>
      <div class="grid three" style={{ marginTop: "12px" }}>
        {data.parameters.map((parameter, index) =>
          parameter.scale === "category" ? (
            <ValueFilter key={parameter.path} axis={index} name={parameter.label} />
          ) : (
            <RangeFilter
              key={parameter.path}
              axis={index}
              name={parameter.label}
              factor={1}
              values={data.trials.map(({ values }) => values[index] ?? null)}
            />
          ),
        )}
        <RangeFilter
          axis="metric"
          name={metricFormat.axis}
          factor={metricFormat.factor}
          values={data.trials.map((trial) => getTrialMetric(trial, data.metric))}
        />
      </div>
    </details>
  );
}

function RangeFilter({
  axis,
  name,
  factor,
  values,
}: {
  readonly axis: Axis;
  readonly name: string;
  readonly factor: number;
  readonly values: readonly (number | string | null)[];
}) {
  const { selection } = useReport();
  const numbers = values.filter((value) => typeof value === "number");
  const filter = selection.filters.get(axis);
  const range = filter?.kind === "range" ? filter : { from: -Infinity, to: Infinity };
  const change = (end: "from" | "to", text: string): void => {
    const open = end === "from" ? -Infinity : Infinity;
    const next = { ...range, [end]: text.trim() === "" ? open : Number(text) / factor };
    const isOpen = next.from === -Infinity && next.to === Infinity;
    selection.setFilter(axis, isOpen ? undefined : { kind: "range", from: next.from, to: next.to });
  };
  const input = (end: "from" | "to", placeholder: number) => (
    <input
      type="number"
      step="any"
      aria-label={`${name} ${end}`}
      placeholder={formatNumber(placeholder * factor, 3)}
      value={Number.isFinite(range[end]) ? Number((range[end] * factor).toPrecision(4)) : ""}
      onChange={(event) => change(end, event.currentTarget.value)}
      style={{ width: "7.5em" }}
    />
  );
  return (
    <fieldset>
      <legend>{name}</legend>
      {input("from", Math.min(...numbers))} to {input("to", Math.max(...numbers))}
    </fieldset>
  );
}

function ValueFilter({ axis, name }: { readonly axis: number; readonly name: string }) {
  const { data, selection } = useReport();
  const values = [
    ...new Set(data.trials.flatMap(({ values: own }) => (own[axis] == null ? [] : [String(own[axis])]))),
  ];
  const filter = selection.filters.get(axis);
  const chosen = filter?.kind === "values" ? filter.values : values;
  const toggle = (value: string, isOn: boolean): void => {
    const next = values.filter((each) => (each === value ? isOn : chosen.includes(each)));
    selection.setFilter(axis, next.length === values.length ? undefined : { kind: "values", values: next });
  };
  return (
    <fieldset>
      <legend>{name}</legend>
      {values.map((value) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={(event) => toggle(value, event.currentTarget.checked)}
          />
          {value}
        </label>
      ))}
    </fieldset>
  );
}
