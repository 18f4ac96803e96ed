import type { Rng } from "@nn/tensor";
import type { Point } from "./matern.ts";
import type { Dimension } from "../../space/dimension.ts";

/**
 * SearchSpaceEncoding by chance, places around each start, and how many of all are climbed from, with how
 * many tries. More find nothing better: bench/development.ts.
 */
const [drawn, around, climbers, tries] = [200, 12, 2, 80];

/**
 * The highest places of a function that it finds, the highest first: it draws many by chance and some around
 * the starts, and climbs from the best, with steps that grow while they lead up and shrink otherwise
 * (evolution strategy 1 + 1; Rechenberg 1973).
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

/** On half of the ordered sides a normal step; now and then another entry of a list. */
function near(sides: readonly Dimension[], place: Point, step: number, rng: Rng): Point {
  return place.map((u, d) => {
    const side = sides[d]!;
    const moves = rng.uniform() < (side.ordered ? 1 / 2 : 1 / 5);
    if (!moves) return u;
    if (!side.ordered) return rng.integer(side.size ?? 1);
    // At least to the neighbours of a value.
    const wide = Math.max(step, side.size === undefined ? 0 : 0.7 / side.size);
    return settled(side, Math.min(Math.max(u + wide * rng.normal(), 0), 1 - 2 ** -53));
  });
}

/** The middle of the part of u's value; of a continuous side u. */
function settled(side: Dimension, u: number): number {
  if (side.size === undefined) return u;
  const { from, to } = side.cell(side.value(u));
  return (from + to) / 2;
}
