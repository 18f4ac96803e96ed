import type { ReportData, ReportTrial } from "../src/index.ts";

/** Returns a completed trial with a validation accuracy, and one epoch of history per epoch. */
export function createSampleTrial(
  number: number,
  accuracy: number,
  changes: Partial<ReportTrial> = {},
): ReportTrial {
  const metrics = { loss: 1 - accuracy, accuracy };
  return {
    number,
    configuration: number - 1,
    status: "completed",
    seed: 1,
    values: [],
    epochs: 2,
    ownEpochs: 2,
    bestEpoch: 2,
    parameters: 100,
    multiplyAdds: 90,
    train: metrics,
    validation: metrics,
    test: metrics,
    seconds: 2.5,
    parent: null,
    reason: null,
    history: {
      epoch: [1, 2],
      trainLoss: [0.6, 0.4],
      trainAccuracy: [0.8, 0.9],
      validationLoss: [0.6, 0.5],
      validationAccuracy: [0.7, accuracy],
    },
    ...changes,
  };
}

/** Returns the data of a run of one trial, without stored outputs. */
export function createSampleData(changes: Partial<ReportData> = {}): ReportData {
  return {
    name: "sample",
    description: "Is this a sample?",
    run: "sample/0123456789ab",
    metric: "validation.accuracy",
    goal: "maximize",
    sampler: null,
    isAdaptive: false,
    pruner: null,
    validatesOnTest: false,
    parameters: [],
    trials: [createSampleTrial(1, 0.9)],
    configurations: [{ index: 0, metric: { seeds: 1, mean: 0.9, margin: null }, test: null }],
    lead: null,
    runComparison: null,
    learningRate: null,
    evaluation: null,
    experiment: "name: sample\n",
    environment: [],
    command: "pnpm run experiment results/sample/0123456789ab/experiment.yaml --out results/again",
    ...changes,
  };
}

/** Returns the data of a sweep: one trial per value of the two parameters `rate` and `layer`. */
export function createSampleSweep(
  settings: readonly (readonly [rate: number, layer: string, accuracy: number])[],
): ReportData {
  const trials = settings.map(([rate, layer, accuracy], at) =>
    createSampleTrial(at + 1, accuracy, { values: [rate, layer] }),
  );
  return createSampleData({
    sampler: "random",
    parameters: [
      { path: "optimizer.rate", label: "rate", scale: "linear", range: { type: "float", min: 0, max: 1 } },
      { path: "model.layer", label: "layer", scale: "category", range: null },
    ],
    trials,
    configurations: trials
      .toSorted((a, b) => b.validation!.accuracy! - a.validation!.accuracy!)
      .map(({ configuration, validation }) => ({
        index: configuration,
        metric: { seeds: 1, mean: validation!.accuracy!, margin: null },
        test: null,
      })),
  });
}
