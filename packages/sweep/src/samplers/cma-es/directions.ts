import { sqrt, type Rng } from "@nn/tensor";

/**
 * Draws `count` points (n) from N(0, 1) that are spread more evenly than independent ones. Every second point
 * mirrors the previous one (Brockhoff, Auger, Hansen, Arnold & Hohm 2010). The others form blocks of n: the
 * points of a block are orthogonal to each other, with their lengths as drawn (mirrored orthogonal sampling;
 * Wang, Emmerich & Bäck 2019).
 */
export function drawMirroredOrthogonal(n: number, count: number, rng: Rng): Float64Array[] {
  const points: Float64Array[] = [];
  let block: Float64Array[] = [];
  while (points.length < count) {
    if (block.length === n) block = [];
    const drawn = Float64Array.from({ length: n }, () => rng.normal());
    const unit = unitOf(block.reduce(withoutPart, drawn));
    const length = sqrt(dot(drawn, drawn));
    block.push(unit);
    points.push(
      unit.map((u) => length * u),
      unit.map((u) => -length * u),
    );
  }
  return points.slice(0, count);
}

/** Returns a vector minus its projection onto a unit vector. */
function withoutPart(point: Float64Array, unit: Float64Array): Float64Array {
  const along = dot(point, unit);
  return point.map((value, i) => value - along * unit[i]!);
}

function unitOf(point: Float64Array): Float64Array {
  const length = sqrt(dot(point, point));
  return length > 0 ? point.map((value) => value / length) : point;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
