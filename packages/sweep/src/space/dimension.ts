import { canonical } from "./canonical.ts";
import {
  isChoices,
  type Choices,
  type Domain,
  type FloatRange,
  type IntRange,
  type SweptValue,
} from "./domain.ts";
import { readable } from "./readable.ts";
import { between, shareOf } from "./scale.ts";
import { valuesOf } from "./values-of.ts";

/**
 * A domain as one side of the unit cube [0, 1)ᵈ, where every domain is alike: what samplers work in. Each
 * value has a part of the side as wide as it is likely when u is uniform.
 */
export interface Dimension {
  /** Whether near u are near values: not so for the entries of a list, and for false and true. */
  readonly ordered: boolean;
  /** How many values there are; undefined for a continuous range. */
  readonly size: number | undefined;
  /** The value at u in [0, 1). Never falls as u grows; of a list, the index never does. */
  value(u: number): SweptValue;
  /**
   * Where `value` gives this value: from … to, in [0, 1]. Of a continuous range a point. A parameter that has
   * no value, as it does not exist in a trial, is anywhere: 0 … 1.
   */
  cell(value: SweptValue | undefined): Interval;
}

/** A side that knows nothing of parameters without a value. */
interface FullSide extends Dimension {
  cell(value: SweptValue): Interval;
}

/** A part of a dimension, from … to in [0, 1]; a single point if both are equal. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** The side of a domain that `checkDomain` found nothing wrong with. */
export function dimensionOf(domain: Domain): Dimension {
  const side = fullSideOf(domain);
  return { ...side, cell: (value) => (value === undefined ? anywhere : side.cell(value)) };
}

const anywhere: Interval = { from: 0, to: 1 };

/** Whether an interval is the whole dimension, as that of a parameter without a value. */
export function isAnywhere({ from, to }: Interval): boolean {
  return from === 0 && to === 1;
}

function fullSideOf(domain: Domain): FullSide {
  if (isChoices(domain) || domain.type === "bool") return listSide(valuesOf(domain), false);
  const values = valuesOf(domain);
  if (values !== undefined) return listSide(values, true);
  return domain.type === "int" ? intSide(domain) : floatSide(domain);
}

/** Equal parts, one a value. */
function listSide(values: Choices, ordered: boolean): FullSide {
  const size = values.length;
  const indices = new Map(values.map((value, index) => [canonical(value), index]));
  return {
    ordered,
    size,
    value: (u) => values[Math.floor(u * size)]!,
    cell(value) {
      const index = indices.get(canonical(value));
      if (index === undefined) throw new RangeError(`${canonical(value)} is not a value of this parameter`);
      return { from: index / size, to: (index + 1) / size };
    },
  };
}

/**
 * n has the part n … n + 1 of the scale from min to max + 1; on a log scale that is as wide as log((n + 1) /
 * n).
 */
function intSide({ min, max, scale }: IntRange): FullSide {
  const size = max - min + 1;
  const share = (value: number): number => shareOf(value, min, max + 1, scale);
  return {
    ordered: true,
    size,
    value(u) {
      const exact =
        scale === "log" ? Math.floor(between(min, max + 1, scale, u)) : min + Math.floor(u * size);
      return Math.min(max, Math.max(min, exact));
    },
    cell: (value) => ({ from: share(Number(value)), to: share(Number(value) + 1) }),
  };
}

/** Rounding may move a value by this share of its range, no more. */
const tolerance = 1e-4;

/** A number in [min, max), rounded to be read and typed again. */
function floatSide({ min, max, scale }: FloatRange): FullSide {
  const allowed = (max - min) * tolerance;
  return {
    ordered: true,
    size: undefined,
    value(u) {
      const exact = between(min, max, scale, u);
      const inside = exact < min ? min : exact < max ? exact : justBelow(max, min);
      return readable(inside, allowed, (rounded) => rounded >= min && rounded < max);
    },
    cell(value) {
      const u = shareOf(Number(value), min, max, scale);
      return { from: u, to: u };
    },
  };
}

/**
 * A number in [min, max) as near to max as the width of the range lets see, where rounding has reached max.
 */
function justBelow(max: number, min: number): number {
  for (let part = 2 ** -52; part < 1; part *= 2) {
    const value = min * part + max * (1 - part);
    if (value >= min && value < max) return value;
  }
  return min;
}
