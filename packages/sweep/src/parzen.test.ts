import { readFileSync } from "node:fs";
import { createRng, exp } from "@nn/tensor";
import { expect, test } from "vitest";
import { parzen } from "./parzen.ts";
import { sideOf, type Cell } from "./unit-cube.ts";

/** What golden/parzen.py got from SciPy; the script says how to make it again. */
interface Golden {
  readonly points: readonly Point[];
  readonly places: readonly Point[];
  readonly logDensity: readonly number[];
}
type Point = readonly [u: number, ordered: number, entry: number];

const file = new URL("../golden/parzen.json", import.meta.url);
const golden: readonly Golden[] = JSON.parse(readFileSync(file, "utf8"));

const sides = [
  sideOf({ type: "float", min: 0, max: 1 }),
  sideOf({ type: "int", min: 0, max: 7 }),
  sideOf(["a", "b", "c"]),
];

function cellsOf([u, ordered, entry]: Point): Cell[] {
  return [{ from: u, to: u }, sides[1]!.cell(ordered), { from: entry / 3, to: (entry + 1) / 3 }];
}

test.each(golden)(
  "SciPy agrees on the density from $points.length points",
  ({ points, places, logDensity }) => {
    const density = parzen(sides, points.map(cellsOf));
    for (const [index, place] of places.entries())
      expect(Math.abs(density.logDensity(cellsOf(place)) - logDensity[index]!)).toBeLessThan(1e-10);
  },
);

test("places are drawn as often as the density says", () => {
  const density = parzen(
    sides.slice(1),
    golden[2]!.points.map(cellsOf).map((cells) => cells.slice(1)),
  );
  const rng = createRng(1);
  const draws = Array.from({ length: 4000 }, () => density.draw(rng));
  const shares = Array.from({ length: 24 }, (_, index) => {
    const [ordered, entry] = [Math.floor(index / 3), index % 3];
    const found = draws.filter(([x, y]) => Math.floor(x! * 8) === ordered && Math.floor(y! * 3) === entry);
    const cells = [sides[1]!.cell(ordered), { from: entry / 3, to: (entry + 1) / 3 }];
    return { found: found.length / 4000, expected: exp(density.logDensity(cells)) / 24 };
  });
  expect(shares.reduce((sum, { expected }) => sum + expected, 0)).toBeCloseTo(1, 10);
  // 4 standard deviations of a share among 4000 are at most 0.032.
  for (const { found, expected } of shares) expect(Math.abs(found - expected)).toBeLessThan(0.032);
});

test("a density far from every point is small and never nothing", () => {
  const side = [sideOf({ type: "int", min: 0, max: 1000 })];
  const points = Array.from({ length: 200 }, () => [side[0]!.cell(0)]);
  expect(parzen(side, points).logDensity([side[0]!.cell(1000)])).toBeGreaterThan(-10);
});
