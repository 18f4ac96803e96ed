import type { Assignment, Domains, SweptValue } from "../../space/domain.ts";
import type { Point } from "./matern.ts";
import type { Conditions } from "../../sampler.ts";
import { existingIn, type Condition } from "../../space/space.ts";
import { dimensionOf, type Dimension } from "../../space/dimension.ts";

interface PlacedParameter {
  readonly name: string;
  readonly side: Dimension;
  readonly condition: Condition | undefined;
}

/**
 * The combinations of a search space as places: what does not exist in one has the same coordinate wherever
 * that is so.
 */
export class SearchSpaceEncoding {
  readonly sides: readonly Dimension[];
  readonly #parameters: readonly PlacedParameter[];
  /** Of each parameter: which one it depends on, and where that must be. */
  readonly #needs: readonly ({ readonly on: number; readonly at: number } | undefined)[];
  readonly #absent: readonly number[];

  constructor(domains: Domains, conditions: Conditions) {
    this.#parameters = Object.entries(domains).map(([name, domain]) => ({
      name,
      side: dimensionOf(domain),
      condition: Object.hasOwn(conditions, name) ? conditions[name] : undefined,
    }));
    this.sides = this.#parameters.map(({ side }) => side);
    this.#absent = this.sides.map((side) => coordinate(side, undefined));
    this.#needs = this.#parameters.map(({ condition }) => {
      if (condition === undefined) return undefined;
      const on = this.#parameters.findIndex(({ name }) => name === condition.name);
      return { on, at: coordinate(this.sides[on]!, condition.value) };
    });
  }

  of(assignment: Assignment): Point {
    return Float64Array.from(this.#parameters, ({ name, side }) => coordinate(side, assignment[name]));
  }

  /** The values there, of those parameters that exist. */
  at(place: Point): Assignment {
    return this.existing(
      Object.fromEntries(
        this.#parameters.map(({ name, side }, d) => [
          name,
          side.value(side.ordered ? place[d]! : (place[d]! + 1 / 2) / (side.size ?? 1)),
        ]),
      ),
    );
  }

  /** The place with everything that does not exist there where such things are. */
  settled(place: Point): Point {
    if (this.#needs.every((need) => need === undefined)) return place;
    const exists: boolean[] = [];
    for (const need of this.#needs) {
      // What a parameter depends on stands before it.
      exists.push(need === undefined || (exists[need.on]! && place[need.on] === need.at));
    }
    return place.map((u, d) => (exists[d]! ? u : this.#absent[d]!));
  }

  /** The values of those parameters that exist. */
  existing(assignment: Assignment): Assignment {
    return Object.fromEntries(
      existingIn(this.#parameters, assignment).map(({ name }) => [name, assignment[name]!]),
    );
  }
}

/**
 * A parameter without a value, as it does not exist in a trial, lies in the middle of its side, or on the
 * first entry.
 */
function coordinate(side: Dimension, value: SweptValue | undefined): number {
  const { from, to } = side.cell(value);
  return side.ordered ? (from + to) / 2 : Math.round(from * (side.size ?? 1));
}
