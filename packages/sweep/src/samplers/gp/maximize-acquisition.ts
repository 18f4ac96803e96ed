import type { Rng } from "@nn/tensor";
import type { Point } from "./matern.ts";
import type { Dimension } from "../../space/dimension.ts";

/**
 * Number of random points, points around each start, local searches, and steps of a local search. Larger
 * numbers do not find better points (bench/development.ts).
 */
const [randomPoints, pointsPerStart, localSearches, stepsPerSearch] = [200, 12, 2, 80];

/**
 * Searches for maxima of `acquisition`. Draws random points and points around each start. Then improves the
 * best of them with a (1 + 1) evolution strategy (Rechenberg 1973): the step size grows after an improvement
 * and shrinks otherwise. Returns the drawn points and the local maxima, the best first.
 */
export function maximizeAcquisition(
  dimensions: readonly Dimension[],
  starts: readonly Point[],
  rng: Rng,
  acquisition: (point: Point) => number,
): Point[] {
  const found = [
    ...Array.from({ length: randomPoints }, () => drawRandomPoint(dimensions, rng)),
    ...starts.flatMap((start) =>
      Array.from({ length: pointsPerStart }, () => drawNear(dimensions, start, 0.1, rng)),
    ),
  ].map((point) => ({ point, acquisition: acquisition(point) }));
  found.sort((a, b) => b.acquisition - a.acquisition);

  for (const start of found.slice(0, localSearches)) {
    let step = 0.1;
    let best = start;
    for (let left = stepsPerSearch; left > 0; left--) {
      const point = drawNear(dimensions, best.point, step, rng);
      const next = { point, acquisition: acquisition(point) };
      const isBetter = next.acquisition > best.acquisition;
      if (isBetter) best = next;
      step = Math.min(0.3, step * (isBetter ? 1.5 : 0.9));
    }
    found.push(best);
  }
  return found.sort((a, b) => b.acquisition - a.acquisition).map(({ point }) => point);
}

function drawRandomPoint(dimensions: readonly Dimension[], rng: Rng): Point {
  return Float64Array.from(dimensions, (dimension) =>
    dimension.ordered ? snapToMiddle(dimension, rng.uniform()) : rng.integer(dimension.size ?? 1),
  );
}

/**
 * Returns a point near `point`. Each ordered dimension changes by a normal step with probability 1/2, and
 * each list changes to a random entry with probability 1/5.
 */
function drawNear(dimensions: readonly Dimension[], point: Point, step: number, rng: Rng): Point {
  return point.map((u, d) => {
    const dimension = dimensions[d]!;
    const moves = rng.uniform() < (dimension.ordered ? 1 / 2 : 1 / 5);
    if (!moves) return u;
    if (!dimension.ordered) return rng.integer(dimension.size ?? 1);
    // Large enough to reach the neighbours of a value.
    const wide = Math.max(step, dimension.size === undefined ? 0 : 0.7 / dimension.size);
    return snapToMiddle(dimension, Math.min(Math.max(u + wide * rng.normal(), 0), 1 - 2 ** -53));
  });
}

/** Returns the middle of the interval that contains u, or u itself in a continuous dimension. */
function snapToMiddle(dimension: Dimension, u: number): number {
  if (dimension.size === undefined) return u;
  const { from, to } = dimension.interval(dimension.value(u));
  return (from + to) / 2;
}
