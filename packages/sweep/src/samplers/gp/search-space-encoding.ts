import type { ParameterValues, Domains, SweptValue } from "../../space/domain.ts";
import type { Point } from "./matern.ts";
import type { Conditions } from "../../sampler.ts";
import { getExistingParameters, type Condition } from "../../space/space.ts";
import { toDimension, type Dimension } from "../../space/dimension.ts";

interface EncodedParameter {
  readonly name: string;
  readonly dimension: Dimension;
  readonly condition: Condition | undefined;
}

/**
 * Encodes combinations of a search space as points. A parameter that does not exist in a combination always
 * has the same coordinate.
 */
export class SearchSpaceEncoding {
  readonly dimensions: readonly Dimension[];
  readonly #parameters: readonly EncodedParameter[];
  /** For each parameter, the index of the parameter that it depends on, and the coordinate required there. */
  readonly #needs: readonly ({ readonly on: number; readonly at: number } | undefined)[];
  readonly #absent: readonly number[];

  constructor(domains: Domains, conditions: Conditions) {
    this.#parameters = Object.entries(domains).map(([name, domain]) => ({
      name,
      dimension: toDimension(domain),
      condition: Object.hasOwn(conditions, name) ? conditions[name] : undefined,
    }));
    this.dimensions = this.#parameters.map(({ dimension }) => dimension);
    this.#absent = this.dimensions.map((dimension) => coordinate(dimension, undefined));
    this.#needs = this.#parameters.map(({ condition }) => {
      if (condition === undefined) return undefined;
      const on = this.#parameters.findIndex(({ name }) => name === condition.name);
      return { on, at: coordinate(this.dimensions[on]!, condition.value) };
    });
  }

  encode(assignment: ParameterValues): Point {
    return Float64Array.from(this.#parameters, ({ name, dimension }) =>
      coordinate(dimension, assignment[name]),
    );
  }

  /** Returns the values of the existing parameters at a point. */
  decode(point: Point): ParameterValues {
    return this.keepExisting(
      Object.fromEntries(
        this.#parameters.map(({ name, dimension }, d) => [
          name,
          dimension.value(dimension.ordered ? point[d]! : (point[d]! + 1 / 2) / (dimension.size ?? 1)),
        ]),
      ),
    );
  }

  /** Returns a copy of the point in which each parameter that does not exist has its fixed coordinate. */
  canonicalize(point: Point): Point {
    if (this.#needs.every((need) => need === undefined)) return point;
    const exists: boolean[] = [];
    for (const need of this.#needs) {
      // A parameter comes after the one it depends on.
      exists.push(need === undefined || (exists[need.on]! && point[need.on] === need.at));
    }
    return point.map((u, d) => (exists[d]! ? u : this.#absent[d]!));
  }

  /** Returns the values of the parameters that exist. */
  keepExisting(assignment: ParameterValues): ParameterValues {
    return Object.fromEntries(
      getExistingParameters(this.#parameters, assignment).map(({ name }) => [name, assignment[name]!]),
    );
  }
}

/**
 * Returns the coordinate of a value. Without a value, it is the middle of an ordered dimension or the first
 * entry of a list.
 */
function coordinate(dimension: Dimension, value: SweptValue | undefined): number {
  const { from, to } = dimension.interval(value);
  return dimension.ordered ? (from + to) / 2 : Math.round(from * (dimension.size ?? 1));
}
