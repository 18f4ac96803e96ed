import { cos, createRng, exp, log, sin, sqrt } from "@nn/tensor";
import type { ParameterValues, Domains } from "../src/space/domain.ts";
import { createBox, getCoordinates, square, type TestFunction } from "./functions.ts";

/**
 * Functions for choosing the settings of samplers. They are never used to evaluate samplers. If the optimum
 * of a function is not fixed, each seed moves it, so that no sampler does well by starting near it.
 */
export const developmentFunctions = {
  sphere5: (seed) => quadratic(5, 0, lowest(5, seed), axes(5)),
  ellipsoid5: (seed) => quadratic(5, 3, lowest(5, seed), axes(5)),
  rotated4: (seed) => quadratic(4, 3, lowest(4, seed), rotation(4, seed)),
  rotated8: (seed) => quadratic(8, 2, lowest(8, seed), rotation(8, seed)),
  /** Its minimum is near a bound of three parameters. */
  edge5: (seed) =>
    quadratic(
      5,
      2,
      lowest(5, seed).map((u, i) => (i < 3 ? 0.04 * u : u)),
      rotation(5, seed),
    ),
  /** Its minimum is at a bound of two parameters. */
  slope4: (seed) => {
    const at = lowest(4, seed);
    return numbers(4, 0, 1, (x) => sum(x, (v, i) => (i < 2 ? v : 4 * square(v - at[i]!))));
  },
  /** Ackley 1987. */
  ackley4: (seed) => {
    const at = lowest(4, seed);
    return numbers(4, 0, 1, (u) => {
      const x = u.map((v, i) => 52 * (v - at[i]!));
      const waves = exp(sum(x, (v) => cos(2 * Math.PI * v)) / 4);
      return 20 * (1 - exp(-0.2 * sqrt(sum(x, square) / 4))) + Math.E - waves;
    });
  },
  /** Griewank 1981, ten times as steep. */
  griewank4: (seed) => {
    const at = lowest(4, seed);
    return numbers(4, 0, 1, (u) => {
      const x = u.map((v, i) => 100 * (v - at[i]!));
      return 1 + sum(x, square) / 400 - x.reduce((product, v, i) => product * cos(v / sqrt(i + 1)), 1);
    });
  },
  /** Levy & Montalvo 1985. */
  levy6: () =>
    numbers(6, -10, 10, (x) => {
      const w = x.map((v) => 1 + (v - 1) / 4);
      const last = w.at(-1)!;
      return (
        square(sin(Math.PI * w[0]!)) +
        sum(w.slice(0, -1), (v) => square(v - 1) * (1 + 10 * square(sin(Math.PI * v + 1)))) +
        square(last - 1) * (1 + square(sin(2 * Math.PI * last)))
      );
    }),
  /** Styblinski & Tang 1990. */
  styblinski5: () =>
    numbers(5, -5, 5, (x) => sum(x, (v) => 39.16616570377142 + (v * v * v * v - 16 * v * v + 5 * v) / 2)),
  /** Dixon & Price 1989. */
  dixonPrice5: () =>
    numbers(
      5,
      -10,
      10,
      (x) => square(x[0]! - 1) + sum(x.slice(1), (v, i) => (i + 2) * square(2 * v * v - x[i]!)),
    ),
  zakharov5: () =>
    numbers(5, -5, 10, (x) => {
      const along = sum(x, (v, i) => 0.5 * (i + 1) * v);
      return sum(x, square) + square(along) + square(square(along));
    }),
  /** Goldstein & Price 1971. */
  goldstein: () =>
    numbers(2, -2, 2, ([x = 0, y = 0]) => {
      const a = 19 - 14 * x + 3 * x * x - 14 * y + 6 * x * y + 3 * y * y;
      const b = 18 - 32 * x + 12 * x * x + 48 * y - 36 * x * y + 27 * y * y;
      return (1 + square(x + y + 1) * a) * (30 + square(2 * x - 3 * y) * b) - 3;
    }),
  kinds,
} satisfies Record<string, (seed: number) => TestFunction>;

const letters = ["p", "q", "r", "s"];

/** A bowl over parameters of every kind. */
function kinds(seed: number): TestFunction {
  const rng = createRng(seed).fork("kinds");
  const [best, on, at] = [rng.integer(4), rng.integer(2) === 1, lowest(3, seed)];
  return {
    domains: {
      rate: { type: "float", min: 1e-4, max: 1, scale: "log" },
      count: { type: "int", min: 0, max: 20 },
      kind: letters,
      on: { type: "bool" },
      share: { type: "float", min: 0, max: 1 },
    },
    min: 0,
    objective(parameters) {
      const away = (letters.findIndex((letter) => letter === parameters["kind"]) - best + 4) % 4;
      const decades = log(Number(parameters["rate"])) / log(10);
      return (
        4 * square(-decades / 4 - at[0]! - 0.05 * away) +
        4 * square(Number(parameters["count"]) / 20 - Math.round(20 * at[1]!) / 20) +
        square(Number(parameters["share"]) - at[2]!) +
        [0, 0.2, 0.35, 0.5][away]! +
        (parameters["on"] === on ? 0 : 0.25)
      );
    },
  };
}

/** Returns Σ 10^(decades·i/(n − 1))·(aᵢ·(x − at))² in the unit cube, with the rows aᵢ. */
function quadratic(
  n: number,
  decades: number,
  at: readonly number[],
  rows: readonly (readonly number[])[],
): TestFunction {
  const steep = rows.map((_, i) => exp((log(10) * decades * i) / (n - 1)));
  return numbers(n, 0, 1, (x) =>
    sum(steep, (each, i) => each * square(sum(rows[i]!, (a, j) => a * (x[j]! - at[j]!)))),
  );
}

function numbers(n: number, min: number, max: number, objective: (x: number[]) => number): TestFunction {
  const domains: Domains = createBox(n, min, max);
  return {
    domains,
    min: 0,
    objective: (parameters: ParameterValues) => objective(getCoordinates(parameters)),
  };
}

/** Returns a point of the unit cube that is not near its bounds. */
function lowest(n: number, seed: number): number[] {
  const rng = createRng(seed).fork("lowest");
  return Array.from({ length: n }, () => 0.15 + 0.7 * rng.uniform());
}

function axes(n: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i === j ? 1 : 0)));
}

/** Returns random orthonormal rows (Gram & Schmidt). */
function rotation(n: number, seed: number): number[][] {
  const rng = createRng(seed).fork("rotation");
  const rows: number[][] = [];
  while (rows.length < n) {
    const left = rows.reduce(
      (v, row) => {
        const along = sum(v, (x, i) => x * row[i]!);
        return v.map((x, i) => x - along * row[i]!);
      },
      Array.from({ length: n }, () => rng.normal()),
    );
    const length = sqrt(sum(left, square));
    rows.push(left.map((x) => x / length));
  }
  return rows;
}

function sum(values: readonly number[], of: (value: number, index: number) => number): number {
  return values.reduce((total, value, index) => total + of(value, index), 0);
}
