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
  return {
    type: scale,
    domain: min === max ? [min - 1, max + 1] : [min, max],
    inset: 8,
    ticks: listTicks(numbers, scale),
    tickFormat: (value: number) => formatNumber(value, 3),
  };
}

/**
 * Returns the numbers that label an axis: up to five values as they are, otherwise round numbers in their
 * range.
 */
export function listTicks(values: readonly number[], scale: "linear" | "log"): number[] {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct.length <= 5) return distinct;
  const [min, max] = [distinct[0]!, distinct.at(-1)!];
  return scale === "log" ? logTicks(min, max) : linearTicks(min, max);
}

/** Returns at least three multiples of 1, 2 or 5 times a power of ten. */
function linearTicks(min: number, max: number): number[] {
  const power = 10 ** Math.floor(Math.log10((max - min) / 3));
  // 1 if even that step is slightly too large after rounding.
  const step = ([5, 2].find((factor) => factor * power * 3 <= max - min) ?? 1) * power;
  const first = Math.ceil(min / step);
  const count = Math.floor(max / step) - first + 1;
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Returns 1, 2, 3, 5 and 7 times powers of ten in a range, or fewer of them in a wide range. */
function logTicks(min: number, max: number): number[] {
  const decades = Math.log10(max / min);
  const steps = decades > 2.2 ? [1] : decades > 1.2 ? [1, 3] : [1, 2, 3, 5, 7];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++)
    for (const step of steps) ticks.push(Number((step * 10 ** power).toPrecision(3)));
  const inside = ticks.filter((tick) => tick >= min && tick <= max);
  return inside.length < 2 ? [min, max] : inside;
}
