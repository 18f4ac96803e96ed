import { readFileSync } from "node:fs";
import { testFunctions, type FunctionName, type TestFunction } from "./functions.ts";
import { findMinObjective, runSweep } from "./run-sweep.ts";

/** The results of golden/regrets.py: for 20 seeds, the smallest regret after these numbers of trials. */
interface Golden {
  readonly trials: number;
  readonly regrets: Readonly<
    Record<"tpe" | "cma-es" | "random", Record<FunctionName, Record<"25" | "50" | "100", number[]>>>
  >;
}

// golden/regrets.py writes this file in this shape.
export const optuna: Golden = JSON.parse(
  readFileSync(new URL("../golden/regrets.json", import.meta.url), "utf8"),
);

/** The samplers to compare, with their options. */
export const comparedSamplers = {
  random: {},
  tpe: { startup: 10, candidates: 24, generation: 1 },
  "cma-es": {},
  gp: { startup: 10, generation: 1 },
} as const;
export type ComparedSampler = keyof typeof comparedSamplers;

/** Returns the regret: the best objective of our trials minus the function's minimum. */
export function computeRegret(
  type: ComparedSampler,
  { domains, objective, min }: TestFunction,
  trials: number,
  seed: number,
  options: Readonly<Record<string, unknown>> = {},
): number {
  const space = { sampler: { type, trials, ...comparedSamplers[type], ...options }, parameters: domains };
  return findMinObjective(runSweep(space, objective, seed)) - min;
}

/** Returns our regrets on a function that golden/regrets.py also uses, for each of these seeds. */
export function computeRegrets(
  type: ComparedSampler,
  name: FunctionName,
  trials: number,
  seeds: readonly number[],
  options: Readonly<Record<string, unknown>> = {},
): number[] {
  return seeds.map((seed) => computeRegret(type, testFunctions[name], trials, seed, options));
}
