import type { Experiment } from "../experiment.ts";
import { defaultKeep } from "../schema/keep.ts";
import type { SweptValue, Trial } from "@nn/training";
import { toySpec } from "@nn/training/testing/toy-training";

/**
 * Returns an experiment that sweeps `optimizer.learningRate` over these values, with `repeats` seeds each.
 */
export function createSweepExperiment(learningRates: readonly SweptValue[], repeats = 1): Experiment {
  const trials = learningRates.flatMap((value, configuration) =>
    Array.from({ length: repeats }, (_, repeat): Trial => {
      const number = configuration * repeats + repeat + 1;
      const parameters = { "optimizer.learningRate": value };
      return { number, seed: 1 + repeat, configuration, parameters, spec: toySpec };
    }),
  );
  return {
    name: "toy",
    description: "",
    seed: 1,
    repeats,
    file: "/toy.yaml",
    resolved: {},
    fingerprint: "0123456789ab",
    sweptPaths: ["optimizer.learningRate"],
    metric: "validation.accuracy",
    goal: "maximize",
    generations: [learningRates.length],
    trials,
    datasets: [toySpec.dataset],
    continuesNetworks: false,
    keep: defaultKeep,
    loggers: [],
  };
}

/** Returns an experiment with one trial and no sweep. */
export function createSingleTrialExperiment(): Experiment {
  const trial: Trial = { number: 1, seed: 1, configuration: 0, parameters: {}, spec: toySpec };
  return { ...createSweepExperiment([]), sweptPaths: [], generations: [1], trials: [trial] };
}
