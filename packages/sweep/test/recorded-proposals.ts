import { createRng } from "@nn/tensor";
import { samplers } from "../src/catalog.ts";
import type { ParameterValues, Domains } from "../src/space/domain.ts";
import type { FinishedTrial } from "../src/sampler.ts";
import { proposeCombinations } from "../src/sweep.ts";

const numbers = {
  "optimizer.learningRate": { type: "float", min: 0.001, max: 1, scale: "log" },
  "optimizer.momentum": { type: "float", min: 0, max: 1 },
  "loss.units": { type: "int", min: 8, max: 256, scale: "log" },
  "loss.depth": { type: "int", min: 1, max: 9 },
  "loss.smoothing": { type: "float", min: 0, max: 0.3, step: 0.1 },
} as const satisfies Domains;
const mixed = {
  ...numbers,
  "schedule.decay": { type: "float", min: 0.01, max: 1, scale: "log", count: 5 },
  "optimizer.kind": ["a", "b", "c"],
  "optimizer.nesterov": { type: "bool" },
} as const satisfies Domains;
const lists = {
  "optimizer.momentum": [0, 0.9],
  "optimizer.kind": ["a", "b", "c"],
} as const satisfies Domains;

const options = { generation: 4, startup: 8, candidates: 8, scramble: true };
const ofPopulations = { interval: 1, quantile: 0.25, resample: 0.25 };

/** Computes the result of a trial by plain arithmetic. Some trials fail, some are pruned, some are equal. */
function outcome(parameters: ParameterValues, index: number): Omit<FinishedTrial, "parameters"> {
  const at = (path: string): number => Number(parameters[path] ?? 0);
  const away = at("optimizer.momentum") - 0.7;
  const objective =
    away * away +
    at("loss.smoothing") +
    at("optimizer.learningRate") / 2 +
    (parameters["optimizer.kind"] === "b" ? 0 : 0.2);
  if (index % 11 === 7) return { objective: undefined };
  if (index % 13 === 5) return { objective: objective / 2, prunedAfter: 1 + (index % 3) };
  return { objective: index % 5 === 0 ? 0.5 : objective };
}

/**
 * Returns the proposals of a sampler: for each combination its values, the index of the trial that it
 * continues, and `until`.
 */
export function collectProposals(type: string, kind: "numbers" | "mixed"): unknown[] {
  const domains = type === "grid" ? lists : kind === "numbers" ? numbers : mixed;
  // gp chooses length scales from at most 64 trials, so it gets more than that.
  const trials = type === "gp" && kind === "mixed" ? 76 : 36;
  const space = {
    sampler: { type, trials, population: 8, ...options, ...ofPopulations },
    parameters: domains,
  };
  const history: FinishedTrial[] = [];
  const proposals: unknown[] = [];
  for (;;) {
    const next = proposeCombinations(space, createRng(12), 5, history);
    if (next.length === 0) return proposals;
    for (const { parameters, ...rest } of next) {
      proposals.push([...Object.values(parameters), ...Object.values(rest)]);
      history.push({ parameters, ...outcome(parameters, history.length) });
    }
  }
}

export const recordedKinds = ["numbers", "mixed"] as const;

export function recordedProposals(): Record<string, Record<string, unknown[]>> {
  return Object.fromEntries(
    [...samplers.keys()].map((type) => [
      type,
      Object.fromEntries(recordedKinds.map((kind) => [kind, collectProposals(type, kind)])),
    ]),
  );
}
