import type { ScaleOptions } from "@observablehq/plot";

import type { ReportData } from "../../data/report-data.ts";
import { formatNumber } from "../format.ts";

/** Returns the scale of a swept parameter, over the values of all trials. */
export function createParameterScale(data: ReportData, index: number): ScaleOptions {
  const { scale } = data.parameters[index]!;
  const values = data.trials.flatMap(({ values }) => values[index] ?? []);
  if (scale === "category") {
    return {
      type: "point",
      domain: [...new Set(values.map(String))].sort(),
      padding: 0.6,
      tickFormat: (value: string) => (value.length > 12 ? `${value.slice(0, 11)}…` : value),
    };
  }
  const numbers = values.map(Number);
  const [min, max] = [Math.min(...numbers), Math.max(...numbers)];
  const distinct = [...new Set(numbers)].sort((a, b) => a - b);
  return {
    type: scale,
    domain: min === max ? [min - 1, max + 1] : [min, max],
    inset: 8,
    ticks: distinct.length <= 5 ? distinct : scale === "log" ? logTicks(min, max) : 4,
    tickFormat: (value: number) => formatNumber(value, 3),
  };
}

/** Returns 1, 2 and 5 times powers of ten in a range; only powers of ten if there would be many. */
function logTicks(min: number, max: number): number[] {
  const decades = Math.log10(max / min);
  const steps = decades > 2.2 ? [1] : decades > 1.2 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++)
    for (const step of steps) ticks.push(Number((step * 10 ** power).toPrecision(3)));
  const inside = ticks.filter((tick) => tick >= min && tick <= max);
  return inside.length < 2 ? [min, max] : inside;
}
