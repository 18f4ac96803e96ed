import { cos, exp, log } from "@nn/tensor";
import type { ParameterValues, Domains } from "../src/space/domain.ts";

/** A function to minimize; golden/regrets.py defines the same ones. */
export interface TestFunction {
  readonly domains: Domains;
  /** Its minimum. */
  readonly min: number;
  readonly objective: (parameters: ParameterValues) => number;
}

/** Dixon & Szegö 1978. */
const branin: TestFunction = {
  domains: { x: { type: "float", min: -5, max: 10 }, y: { type: "float", min: 0, max: 15 } },
  min: 0.39788735772973816,
  objective(parameters) {
    const [x, y] = [Number(parameters["x"]), Number(parameters["y"])];
    const valley = y - (5.1 / (4 * Math.PI * Math.PI)) * x * x + (5 / Math.PI) * x - 6;
    return valley * valley + 10 * (1 - 1 / (8 * Math.PI)) * cos(x) + 10;
  },
};

const alpha = [1.0, 1.2, 3.0, 3.2];
const a = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const p = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
];

/** Dixon & Szegö 1978. */
const hartmann6: TestFunction = {
  domains: createBox(6, 0, 1),
  min: -3.322368011415515,
  objective(parameters) {
    const x = getCoordinates(parameters);
    const terms = alpha.map((height, i) => {
      const distance = x.reduce((sum, v, j) => sum + a[i]![j]! * square(v - 1e-4 * p[i]![j]!), 0);
      return height * exp(-distance);
    });
    return -terms.reduce((sum, term) => sum + term, 0);
  },
};

/** Rosenbrock 1960, in five dimensions. */
const rosenbrock5: TestFunction = {
  domains: createBox(5, -5, 10),
  min: 0,
  objective(parameters) {
    const x = getCoordinates(parameters);
    return x
      .slice(1)
      .reduce((sum, next, i) => sum + 100 * square(next - square(x[i]!)) + square(1 - x[i]!), 0);
  },
};

const kinds: ReadonlyMap<unknown, { shift: number; worse: number }> = new Map([
  ["relu", { shift: 0, worse: 0 }],
  ["tanh", { shift: 0.5, worse: 0.15 }],
  ["sigmoid", { shift: 1, worse: 0.4 }],
]);

/** A bowl over parameters of every kind, like a sweep of a network; the best rate depends on the kind. */
const mixed: TestFunction = {
  domains: {
    rate: { type: "float", min: 1e-5, max: 1, scale: "log" },
    momentum: { type: "float", min: 0, max: 1 },
    units: { type: "int", min: 16, max: 512, scale: "log" },
    depth: { type: "int", min: 1, max: 6 },
    kind: ["sigmoid", "tanh", "relu"],
    norm: { type: "bool" },
  },
  min: 0,
  objective(parameters) {
    const [rate, momentum] = [Number(parameters["rate"]), Number(parameters["momentum"])];
    const [units, depth] = [Number(parameters["units"]), Number(parameters["depth"])];
    const { shift, worse } = kinds.get(parameters["kind"])!;
    return (
      0.5 * square(log(rate) / log(10) + 2 + shift) +
      4 * square(momentum - 0.9) +
      0.2 * square(log(units) / log(2) - 7) +
      0.1 * square(depth - 3) +
      worse +
      (parameters["norm"] === true ? 0 : 0.1 * depth)
    );
  },
};

export const testFunctions = { branin, hartmann6, rosenbrock5, mixed } as const;
export type FunctionName = keyof typeof testFunctions;
export const functionNames: readonly FunctionName[] = ["branin", "hartmann6", "rosenbrock5", "mixed"];

export function createBox(dimensions: number, min: number, max: number): Domains {
  return Object.fromEntries(
    Array.from({ length: dimensions }, (_, i) => [`x${i}`, { type: "float", min, max }]),
  );
}

export function getCoordinates(parameters: ParameterValues): number[] {
  return Object.values(parameters).map(Number);
}

export function square(x: number): number {
  return x * x;
}
