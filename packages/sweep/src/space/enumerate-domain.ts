import {
  isCategorical,
  type BoolRange,
  type Choices,
  type Domain,
  type FloatRange,
  type IntRange,
} from "./domain.ts";
import { roundToReadable } from "./readable.ts";
import { denormalizeValue } from "./scale.ts";

/** Returns the values of a list or bool, in order. */
export function enumerateDomain(domain: Choices | BoolRange): Choices;
/**
 * Returns the values of a domain that has passed `checkDomain`, in order; undefined for a range without
 * `step` or `count`.
 */
export function enumerateDomain(domain: Domain): Choices | undefined;
/** Implements both signatures. */
export function enumerateDomain(domain: Domain): Choices | undefined {
  if (isCategorical(domain)) return domain;
  if (domain.type === "bool") return [false, true];
  if (domain.step !== undefined) return stepped(domain, domain.step).map(toPositiveZero);
  if (domain.count !== undefined) return evenlySpaced(domain, domain.count).map(toPositiveZero);
  return undefined;
}

/** Returns min, min + step, … max. It multiplies, because sums would accumulate rounding errors. */
function stepped({ min, max }: FloatRange | IntRange, step: number): number[] {
  const last = Math.round((max - min) / step);
  return Array.from({ length: last + 1 }, (_, index) => {
    if (index === 0 || index === last) return index === 0 ? min : max;
    return roundToReadable(snapToZero(min + index * step, step), step * 1e-9); // 0.1 + 2 · 0.1 is 0.3
  });
}

/** Returns `count` values, including both ends. Returns fewer if integers round to the same value. */
function evenlySpaced({ type, min, max, scale }: FloatRange | IntRange, count: number): number[] {
  const spacing = max / (count - 1) - min / (count - 1);
  // Values of a logarithmic range may be smaller than any fraction of the linear spacing.
  const snap = (exact: number): number => (scale === "log" ? exact : snapToZero(exact, spacing));
  const values = Array.from({ length: count }, (_, index) => {
    if (index === 0 || index === count - 1) return index === 0 ? min : max;
    const exact = denormalizeValue(min, max, scale, index / (count - 1));
    const rounded = type === "int" ? Math.round(exact) : roundToReadable(snap(exact), spacing * 1e-4);
    return Math.min(max, Math.max(min, rounded));
  });
  // In a range so narrow that rounding exceeds the spacing, the values may be out of order or repeat.
  return [...new Set(values)].sort((a, b) => a - b);
}

/** Returns 0 for a value that differs from it only by rounding errors: −0.3 + 3 · 0.1 is not exactly 0. */
function snapToZero(value: number, spacing: number): number {
  return Math.abs(value) <= spacing * 1e-9 ? 0 : value;
}

/** Returns 0 for −0, which `Math.round` returns for −0.4, and other values unchanged. */
function toPositiveZero(value: number): number {
  return value + 0;
}
