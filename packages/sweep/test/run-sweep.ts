import { createRng } from "@nn/tensor";
import type { ParameterValues } from "../src/space/domain.ts";
import type { FinishedTrial } from "../src/sampler.ts";
import { proposeCombinations, type SearchSpace } from "../src/sweep.ts";

/** Returns all trials of a sweep, in order, with the objectives that `objective` returns. */
export function runSweep(
  space: SearchSpace,
  objective: (parameters: ParameterValues) => number | undefined,
  seed: number,
): FinishedTrial[] {
  const history: FinishedTrial[] = [];
  for (;;) {
    const proposed = proposeCombinations(space, createRng(seed), 10, history);
    if (proposed.length === 0) return history;
    history.push(...proposed.map(({ parameters }) => ({ parameters, objective: objective(parameters) })));
  }
}

export function findMinObjective(history: readonly FinishedTrial[]): number {
  return history.reduce((min, { objective }) => Math.min(min, objective ?? Infinity), Infinity);
}
