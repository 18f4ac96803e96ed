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
  sides: readonly Dimension[],
  starts: readonly Point[],
  rng: Rng,
  height: (place: Point) => number,
): Point[] {
  const found = [
    ...Array.from({ length: drawn }, () => byChance(sides, rng)),
    ...starts.flatMap((start) => Array.from({ length: around }, () => near(sides, start, 0.1, rng))),
  ].map((place) => ({ place, height: height(place) }));
  found.sort((a, b) => b.height - a.height);

  for (const climber of found.slice(0, climbers)) {
    let step = 0.1;
    let highest = climber;
    for (let left = tries; left > 0; left--) {
      const place = near(sides, highest.place, step, rng);
      const next = { place, height: height(place) };
      const isHigher = next.height > highest.height;
      if (isHigher) highest = next;
      step = Math.min(0.3, step * (isHigher ? 1.5 : 0.9));
    }
    found.push(highest);
  }
  return found.sort((a, b) => b.height - a.height).map(({ place }) => place);
}

function byChance(sides: readonly Dimension[], rng: Rng): Point {
  return Float64Array.from(sides, (side) =>
    side.ordered ? settled(side, rng.uniform()) : rng.integer(side.size ?? 1),
  );
}

/**
 * Returns a point near `place`. Each ordered dimension changes by a normal step with probability 1/2, and
 * each list changes to a random entry with probability 1/5.
 */
function near(sides: readonly Dimension[], place: Point, step: number, rng: Rng): Point {
  return place.map((u, d) => {
    const side = sides[d]!;
    const moves = rng.uniform() < (side.ordered ? 1 / 2 : 1 / 5);
    if (!moves) return u;
    if (!side.ordered) return rng.integer(side.size ?? 1);
    // Wide enough to reach the neighbours of a value.
    const wide = Math.max(step, side.size === undefined ? 0 : 0.7 / side.size);
    return settled(side, Math.min(Math.max(u + wide * rng.normal(), 0), 1 - 2 ** -53));
  });
}

/** Returns the middle of the interval that contains u, or u itself in a continuous dimension. */
function settled(side: Dimension, u: number): number {
  if (side.size === undefined) return u;
  const { from, to } = side.interval(side.value(u));
  return (from + to) / 2;
}
