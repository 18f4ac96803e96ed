import { toCanonicalJson } from "./canonical.ts";
import {
  isCategorical,
  type Choices,
  type Domain,
  type FloatRange,
  type IntRange,
  type SweptValue,
} from "./domain.ts";
import { roundToReadable } from "./readable.ts";
import { denormalizeValue, normalizeValue } from "./scale.ts";
import { enumerateDomain } from "./enumerate-domain.ts";

/**
 * A domain as one dimension of the unit cube [0, 1)ᵈ, in which samplers work. Each value has an interval; its
 * width is the probability of the value if u is uniform.
 */
export interface Dimension {
  /** Whether nearby u have nearby values. False for lists and bools. */
  readonly ordered: boolean;
  /** Number of values; undefined for a continuous range. */
  readonly size: number | undefined;
  /**
   * Returns the value at u in [0, 1). As u grows, the value never decreases; for a list, its index never
   * does.
   */
  value(u: number): SweptValue;
  /**
   * Returns the interval in [0, 1] of the u for which `value(u)` is this value; for a continuous range, a
   * point. Returns 0 … 1 for undefined: a parameter that does not exist in a trial. Throws RangeError if the
   * domain lists its values and this is not one of them.
   */
  interval(value: SweptValue | undefined): Interval;
}

/** A dimension whose `interval` does not accept undefined. */
interface CompleteDimension extends Dimension {
  interval(value: SweptValue): Interval;
}

/** An interval of a dimension. `from` and `to` are in [0, 1]. If they are equal, it is a single point. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Returns the dimension of a domain that has passed `checkDomain`. */
export function toDimension(domain: Domain): Dimension {
  const dimension = createCompleteDimension(domain);
  return { ...dimension, interval: (value) => (value === undefined ? anywhere : dimension.interval(value)) };
}

const anywhere: Interval = { from: 0, to: 1 };

/** Whether an interval is the whole dimension, like that of a parameter without a value. */
export function isWholeDimension({ from, to }: Interval): boolean {
  return from === 0 && to === 1;
}

function createCompleteDimension(domain: Domain): CompleteDimension {
  if (isCategorical(domain) || domain.type === "bool")
    return createListDimension(enumerateDomain(domain), false);
  const values = enumerateDomain(domain);
  if (values !== undefined) return createListDimension(values, true);
  return domain.type === "int" ? createIntDimension(domain) : createFloatDimension(domain);
}

/** Divides the dimension into equal parts, one per value. */
function createListDimension(values: Choices, ordered: boolean): CompleteDimension {
  const size = values.length;
  const indices = new Map(values.map((value, index) => [toCanonicalJson(value), index]));
  return {
    ordered,
    size,
    value: (u) => values[Math.floor(u * size)]!,
    interval(value) {
      const index = indices.get(toCanonicalJson(value));
      if (index === undefined)
        throw new RangeError(`${toCanonicalJson(value)} is not a value of this parameter`);
      return { from: index / size, to: (index + 1) / size };
    },
  };
}

/**
 * Maps the part from n to n + 1 of a scale from min to max + 1 to the integer n. On a log scale, the width of
 * this part is proportional to log((n + 1) / n).
 */
function createIntDimension({ min, max, scale }: IntRange): CompleteDimension {
  const size = max - min + 1;
  const share = (value: number): number => normalizeValue(value, min, max + 1, scale);
  return {
    ordered: true,
    size,
    value(u) {
      const exact =
        scale === "log" ? Math.floor(denormalizeValue(min, max + 1, scale, u)) : min + Math.floor(u * size);
      return Math.min(max, Math.max(min, exact));
    },
    interval: (value) => ({ from: share(Number(value)), to: share(Number(value) + 1) }),
  };
}

/** Rounding may move a value by at most this fraction of its range. */
const tolerance = 1e-4;

/** Maps u to numbers in [min, max), rounded so that they are easy to read and type. */
function createFloatDimension({ min, max, scale }: FloatRange): CompleteDimension {
  const allowed = (max - min) * tolerance;
  return {
    ordered: true,
    size: undefined,
    value(u) {
      const exact = denormalizeValue(min, max, scale, u);
      const inside = exact < min ? min : exact < max ? exact : justBelow(max, min);
      return roundToReadable(inside, allowed, (rounded) => rounded >= min && rounded < max);
    },
    interval(value) {
      const u = normalizeValue(Number(value), min, max, scale);
      return { from: u, to: u };
    },
  };
}

/**
 * Returns a number in [min, max) near max, for a value that rounding moved to max. It is 2⁻⁵² of the range
 * below max, or more where that rounds to max.
 */
function justBelow(max: number, min: number): number {
  for (let part = 2 ** -52; part < 1; part *= 2) {
    const value = min * part + max * (1 - part);
    if (value >= min && value < max) return value;
  }
  return min;
}
