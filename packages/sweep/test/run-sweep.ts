import { createRng } from "@nn/tensor";
import type { Assignment } from "../src/space/domain.ts";
import type { Ended } from "../src/sampler.ts";
import { propose, type SearchSpace } from "../src/sweep.ts";

/** All trials of a sweep, in order, whose trials cost what `cost` says. */
export function runSweep(
  space: SearchSpace,
  cost: (parameters: Assignment) => number | undefined,
  seed: number,
): Ended[] {
  const history: Ended[] = [];
  for (;;) {
    const proposed = propose(space, createRng(seed), 10, history);
    if (proposed.length === 0) return history;
    history.push(...proposed.map(({ parameters }) => ({ parameters, cost: cost(parameters) })));
  }
}

export function leastCost(history: readonly Ended[]): number {
  return history.reduce((least, { cost }) => Math.min(least, cost ?? Infinity), Infinity);
}
