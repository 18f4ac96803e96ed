import type { Rng } from "@nn/tensor";
import type { Point } from "./matern.ts";
import type { Dimension } from "../../space/dimension.ts";

/**
 * Number of random points, points around each start, points to climb from, and tries per climb. Larger
 * numbers do not find better points (bench/development.ts).
 */
const [drawn, around, climbers, tries] = [200, 12, 2, 80];

/**
 * Searches for maxima of `height`. It draws random points and points around each start, and improves the best
 * of them with a (1 + 1) evolution strategy (Rechenberg 1973): the step size grows after an improvement and
 * shrinks otherwise. Returns the drawn points and the local maxima, the highest first.
 */
export function maximizeAcquisition(
  dimensions: readonly Dimension[],
  starts: readonly Point[],
  rng: Rng,
  height: (place: Point) => number,
): Point[] {
  const found = [
    ...Array.from({ length: drawn }, () => byChance(dimensions, rng)),
    ...starts.flatMap((start) => Array.from({ length: around }, () => near(dimensions, start, 0.1, rng))),
  ].map((place) => ({ place, height: height(place) }));
  found.sort((a, b) => b.height - a.height);

  for (const climber of found.slice(0, climbers)) {
    let step = 0.1;
    let highest = climber;
    for (let left = tries; left > 0; left--) {
      const place = near(dimensions, highest.place, step, rng);
      const next = { place, height: height(place) };
      const isHigher = next.height > highest.height;
      if (isHigher) highest = next;
      step = Math.min(0.3, step * (isHigher ? 1.5 : 0.9));
    }
    found.push(highest);
  }
  return found.sort((a, b) => b.height - a.height).map(({ place }) => place);
}

function byChance(dimensions: readonly Dimension[], rng: Rng): Point {
  return Float64Array.from(dimensions, (dimension) =>
    dimension.ordered ? settled(dimension, rng.uniform()) : rng.integer(dimension.size ?? 1),
  );
}

/**
 * Returns a point near `place`. Each ordered dimension changes by a normal step with probability 1/2, and
 * each list changes to a random entry with probability 1/5.
 */
function near(dimensions: readonly Dimension[], place: Point, step: number, rng: Rng): Point {
  return place.map((u, d) => {
    const dimension = dimensions[d]!;
    const moves = rng.uniform() < (dimension.ordered ? 1 / 2 : 1 / 5);
    if (!moves) return u;
    if (!dimension.ordered) return rng.integer(dimension.size ?? 1);
    // Wide enough to reach the neighbours of a value.
    const wide = Math.max(step, dimension.size === undefined ? 0 : 0.7 / dimension.size);
    return settled(dimension, Math.min(Math.max(u + wide * rng.normal(), 0), 1 - 2 ** -53));
  });
}

/** Returns the middle of the interval that contains u, or u itself in a continuous dimension. */
function settled(dimension: Dimension, u: number): number {
  if (dimension.size === undefined) return u;
  const { from, to } = dimension.interval(dimension.value(u));
  return (from + to) / 2;
}
