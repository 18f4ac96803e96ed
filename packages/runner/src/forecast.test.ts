import { defaultKeep, type Experiment, type ForecastInput, type TrialProposer } from "@nn/experiment";
import { layers, planModel } from "@nn/layers";
import type { TrialRecord } from "@nn/results";
import type { Trial, TrialSpec } from "@nn/training";
import { toySpec } from "@nn/training/testing/toy-training";
import { expect, test } from "vitest";

import {
  forecastRun,
  chooseRepresentativeTrials,
  countRemainingMultiplyAdds,
  chooseCalibrationNetworks,
  computeRemainingWork,
} from "./forecast.ts";

const info = { exampleShape: [10, 10, 1], classes: 10, trainingCount: 1100, testCount: 200 };
const pace = { learning: 1e-3, measuring: 1e-4, building: 0.5, bytes: 10_000 };

/** A dense layer on 100 pixels: 100 multiply-adds per unit. */
function specOf(units: number, epochs: number, changes: Partial<TrialSpec> = {}): TrialSpec {
  return {
    ...toySpec,
    dataset: { ...toySpec.dataset, validation: 100 },
    model: { ...toySpec.model, layers: [{ type: "flatten" }, { type: "dense", units, bias: true }] },
    training: { ...toySpec.training, epochs },
    ...changes,
  };
}

function forecastInputOf({ model }: TrialSpec): ForecastInput {
  const choices = model.layers.map(({ type, ...options }) => ({ definition: layers.get(type)!, options }));
  return { plan: planModel(choices, info.exampleShape), info };
}

function trialsOf(specs: readonly TrialSpec[], changes: Partial<Trial> = {}): Trial[] {
  return specs.map((spec, index) => ({
    number: index + 1,
    seed: 1,
    configuration: index,
    parameters: {},
    spec,
    ...changes,
  }));
}

function experimentOf(trials: readonly Trial[], changes: Partial<Experiment> = {}): Experiment {
  return {
    name: "forecast",
    description: "",
    seed: 1,
    repeats: 1,
    file: "/forecast.yaml",
    resolved: {},
    fingerprint: "",
    sweptPaths: [],
    metric: "validation.loss",
    goal: "minimize",
    generations: [trials.length],
    datasets: trials.map(({ spec }) => spec.dataset),
    continuesNetworks: false,
    keep: defaultKeep,
    loggers: [],
    trials,
    ...changes,
  };
}

const forecast = (experiment: Experiment, workers = 1, records: readonly TrialRecord[] = []) => {
  const work = computeRemainingWork(
    experiment,
    forecastInputOf,
    experiment.trials,
    new Map(records.map((record) => [record.trial, record])),
  );
  return forecastRun(
    experiment,
    work,
    forecastInputOf,
    new Map([[experiment.trials[0]!.spec, pace]]),
    workers,
  );
};

test("a training image costs three forward passes, an evaluated image one", () => {
  const trials = trialsOf([specOf(5, 4)]);
  const told = forecast(experimentOf(trials));
  expect(told).toMatchObject({ trials: 1, epochs: 4, isUpperBound: false });
  // Trained: 4 × 1000 images; evaluated: 4 × 100; at the end 100 and the test set.
  expect(told.multiplyAdds).toBe(500 * (3 * 4000 + 700));
  expect(told.multiplyAdds).toBe(
    countRemainingMultiplyAdds(computeRemainingWork(experimentOf(trials), forecastInputOf)),
  );
  expect(told.seconds).toBeCloseTo(0.5 + 4 + 0.07, 10);
  expect(told.bytes).toBeGreaterThan(10_000);
});

test("an evaluated image counts once per view", () => {
  const views = specOf(5, 4, { evaluation: { views: 3, augment: [] } });
  expect(forecast(experimentOf(trialsOf([views]))).multiplyAdds).toBe(500 * (3 * 4000 + 3 * 700));
});

test("with the test set as validation set, it is evaluated in each epoch and no images are held out", () => {
  const shown = specOf(5, 1, { dataset: { ...toySpec.dataset, validation: "test" } });
  expect(forecast(experimentOf(trialsOf([shown]))).multiplyAdds).toBe(500 * (3 * 1100 + 400));
});

test("the next trial goes to the first free worker", () => {
  const trials = trialsOf([9, 1, 1, 1].map((epochs) => specOf(5, epochs)));
  const [long, short] = [0.5 + 9 + 0.12, 0.5 + 1 + 0.04];
  expect(forecast(experimentOf(trials), 1).seconds).toBeCloseTo(long + 3 * short, 10);
  expect(forecast(experimentOf(trials), 2).seconds).toBeCloseTo(Math.max(long, 3 * short), 10);
  expect(forecast(experimentOf(trials), 9).seconds).toBeCloseTo(long, 10);
});

test("later generations are estimated by the first one, and start one after the other", () => {
  const trials = trialsOf([1, 1, 1].map((epochs) => specOf(5, epochs)));
  const each = 0.5 + 1 + 0.04;
  const told = forecast(experimentOf(trials, { generations: [3, 3, 1] }), 2);
  expect(told).toMatchObject({ trials: 7, epochs: 7 });
  expect(told.seconds).toBeCloseTo((2 + 2 + 1) * each, 10);
  expect(told.multiplyAdds).toBeCloseTo(7 * 500 * (3000 + 400), 5);
});

test("if the first generation is small, likely proposals represent the later trials", () => {
  const known = trialsOf([specOf(5, 1), specOf(5, 1)]);
  const next: TrialProposer = (outcomes) => {
    expect(outcomes.every(({ objective }) => objective === undefined)).toBe(true);
    return outcomes.length < 40 ? trialsOf([specOf(15, 1), specOf(25, 1)]) : [];
  };
  const experiment = experimentOf(known, { generations: [2, 2, 2] });
  const likely = chooseRepresentativeTrials(experiment, next);
  expect(likely).toHaveLength(32);
  // 15 pairs with 15 and 25 units, and the first pair with 5.
  const { generations } = computeRemainingWork(experiment, forecastInputOf, likely);
  expect(generations[0]!.map(({ multiplyAdds }) => multiplyAdds)).toEqual([500 * 3400, 500 * 3400]);
  expect(
    new Set(generations.slice(1).flatMap((each) => each.map(({ multiplyAdds }) => multiplyAdds))),
  ).toEqual(new Set([1500 * 3400, 2500 * 3400]));
  expect(chooseRepresentativeTrials({ ...experiment, continuesNetworks: true }, next)).toEqual(known);
  expect(chooseRepresentativeTrials(experimentOf(known), () => [])).toEqual(known);
});

test("a trial with `until` counts only its epochs", () => {
  const told = forecast(
    experimentOf(trialsOf([specOf(5, 12), specOf(5, 12)], { until: 2 }), { generations: [2, 2] }),
  );
  expect(told.epochs).toBe(8);
});

/** Returns the record of a trial with this number of trained epochs. */
function recordOf(trial: number, status: TrialRecord["status"], epochs: number): TrialRecord {
  const measures = { loss: 1, accuracy: 0.5 };
  const history = Array.from({ length: epochs }, (_, index) => ({
    epoch: index + 1,
    train: measures,
    seconds: 1,
    imagesPerSecond: 1000,
  }));
  return { trial, status, seed: 1, parameters: {}, worker: 1, epochs, history };
}

test("finished work is left out, also in later generations", () => {
  const experiment = experimentOf(trialsOf([specOf(5, 4), specOf(5, 4)]), { generations: [2, 2, 2] });
  const done = [recordOf(1, "completed", 4), recordOf(2, "pruned", 2), recordOf(3, "diverged", 0)];
  expect(forecast(experiment, 1, done)).toMatchObject({ trials: 3, epochs: 12 });
  // Interrupted trials continue.
  const begun = [recordOf(1, "completed", 4), recordOf(2, "running", 3)];
  expect(forecast(experiment, 1, begun)).toMatchObject({ trials: 5, epochs: 1 + 16 });
  expect(forecast(experiment, 1, begun).seconds).toBeCloseTo(0.5 + 1 + 0.04 + 4 * (0.5 + 4 + 0.07), 10);
  const all = [1, 2, 3, 4, 5, 6].map((trial) => recordOf(trial, "completed", 4));
  expect(forecast(experiment, 1, all)).toMatchObject({ trials: 0, epochs: 0, seconds: 0, bytes: 0 });
});

test("a budget of epochs includes the epochs already trained, and allows at least one configuration", () => {
  const trials = trialsOf([specOf(5, 4), specOf(5, 4), specOf(5, 4)]);
  const within = (epochs: number) => experimentOf(trials, { budget: { epochs, leftOut: 0 } });
  expect(forecast(within(6), 1, [recordOf(1, "completed", 4)]).epochs).toBe(2);
  expect(forecast(within(4), 1, [recordOf(1, "completed", 4)]).epochs).toBe(0);
  expect(forecast(within(2)).epochs).toBe(4);
});

test.each([
  ["a pruner", { pruner: { type: "median" } }, 8, 2],
  ["a target", { budget: { target: 0.9, leftOut: 0 } }, 8, 2],
  ["a budget of epochs", { budget: { epochs: 4, leftOut: 0 } }, 4, 1],
  ["a budget of minutes", { budget: { minutes: 0.01, leftOut: 0 } }, 8, 0.6 / (2 * (0.5 + 4 + 0.07))],
])("with %s, the forecast is an upper bound", (_what, changes, epochs, share) => {
  const told = forecast(experimentOf(trialsOf([specOf(5, 4), specOf(5, 4)]), changes));
  expect(told.isUpperBound).toBe(true);
  expect(told.epochs).toBe(epochs);
  const whole = 2 * (0.5 + 4 + 0.07);
  expect(told.seconds).toBeCloseTo(share >= 1 ? (share * whole) / 2 : share * whole, 10);
});

test("at most four networks are measured, from the smallest to the largest", () => {
  const specs = [70, 10, 30, 20, 50, 40, 60].map((units) => specOf(units, 1));
  const others = specs.map((spec) => ({ ...spec, optimizer: { ...spec.optimizer, learningRate: 0.01 } }));
  const chosen = chooseCalibrationNetworks(trialsOf([...specs, ...others]), forecastInputOf);
  expect(chosen.map((spec) => forecastInputOf(spec).plan.multiplyAdds)).toEqual([1000, 3000, 5000, 7000]);
  const batches = [specOf(5, 1), specOf(5, 1, { training: { ...toySpec.training, batchSize: 100 } })];
  expect(chooseCalibrationNetworks(trialsOf([...batches, ...batches]), forecastInputOf)).toHaveLength(2);
});

test("the speed of an unmeasured network is scaled from the nearest measured one by multiply-adds", () => {
  const [small, large, between] = [specOf(10, 1), specOf(50, 1), specOf(40, 1)];
  const paces = new Map([
    [small, pace],
    [large, { ...pace, learning: 2e-3, building: 0, measuring: 0 }],
  ]);
  const experiment = experimentOf(trialsOf([between]));
  const told = forecastRun(
    experiment,
    computeRemainingWork(experiment, forecastInputOf),
    forecastInputOf,
    paces,
    1,
  );
  expect(told.seconds).toBeCloseTo(0.8 * 2, 10);
});

test("in a sweep, only the configurations that are kept have large files", () => {
  const trials = trialsOf([1, 2, 3, 4].map(() => specOf(5, 1)));
  const bytes = (networks: number | "all") =>
    forecast(experimentOf(trials, { keep: { networks, outputs: 0, checkpoints: 0 } })).bytes;
  const outputs = 4 * (100 + 200) * 12;
  expect(bytes("all") - bytes(0)).toBeCloseTo(4 * (10_000 + outputs), 6);
  expect(bytes(3) - bytes(0)).toBeCloseTo(3 * (10_000 + outputs), 6);
  expect(bytes(10)).toBe(bytes("all"));
});

test("the bytes are those of the weights, the outputs and the tables", () => {
  // 10 class probabilities, a label and a number of 300 images; 15 images are misclassified.
  const tables = 1500 + 500 * 4 + 28 * 15;
  expect(forecast(experimentOf(trialsOf([specOf(5, 4)]))).bytes).toBe(10_000 + 4 * 300 * 12 + tables);
  const keep = { networks: 0, outputs: 0, checkpoints: 0 };
  expect(forecast(experimentOf(trialsOf([specOf(5, 4)]), { keep })).bytes).toBe(tables);
});

test("a configuration that keeps its files keeps those of all its repeats", () => {
  const trials = trialsOf([1, 1, 1, 1].map(() => specOf(5, 1)));
  const bytes = (networks: number) => {
    const keep = { networks, outputs: 0, checkpoints: 0 };
    return forecast(experimentOf(trials, { repeats: 2, generations: [2], keep })).bytes;
  };
  expect(bytes(1) - bytes(0)).toBeCloseTo(2 * (10_000 + 4 * 300 * 12), 6);
});

test("likely proposals represent 32 configurations, each with all its repeats", () => {
  const known = trialsOf([specOf(5, 1), specOf(5, 1)]);
  const asked: number[] = [];
  const next: TrialProposer = ({ length }) => {
    asked.push(length);
    return trialsOf([specOf(15, 1), specOf(15, 1)]);
  };
  const experiment = experimentOf(known, { generations: [1, 40], repeats: 2 });
  expect(chooseRepresentativeTrials(experiment, next)).toHaveLength(64);
  expect(asked).toEqual(Array.from({ length: 31 }, (_, index) => index + 1));
});

test("the known trials represent a sweep of one generation, and a sampler without proposals", () => {
  const known = trialsOf([specOf(5, 1), specOf(5, 1)]);
  expect(chooseRepresentativeTrials(experimentOf(known), () => known)).toEqual(known);
  expect(chooseRepresentativeTrials(experimentOf(known, { generations: [2, 2] }), () => [])).toEqual(known);
});

test("a failed trial is trained again, and no trial has a negative number of epochs", () => {
  const experiment = experimentOf(trialsOf([specOf(5, 4), specOf(5, 4)]));
  expect(forecast(experiment, 1, [recordOf(1, "failed", 3)]).epochs).toBe(1 + 4);
  expect(forecast(experiment, 1, [recordOf(1, "running", 5)]).epochs).toBe(4);
});

test("each configuration of each generation has all its repeats", () => {
  const trials = trialsOf([specOf(5, 4), specOf(5, 4)]);
  expect(forecast(experimentOf(trials, { generations: [1, 2], repeats: 2 }))).toMatchObject({
    trials: 6,
    epochs: 24,
  });
});

test("a budget allows at least all repeats of one configuration", () => {
  const trials = trialsOf([1, 1, 1, 1].map(() => specOf(5, 4)));
  const budget = { epochs: 1, leftOut: 0 };
  const experiment = experimentOf(trials, { generations: [2], repeats: 2, budget });
  expect(forecast(experiment).epochs).toBe(8);
  expect(forecast(experiment, 1, [recordOf(1, "running", 3)]).epochs).toBe(0);
});

test("nothing is left of a finished run that has used its budget", () => {
  const budget = { epochs: 4, leftOut: 0 };
  const done = forecast(experimentOf(trialsOf([specOf(5, 4)]), { budget }), 1, [recordOf(1, "completed", 4)]);
  expect(done).toEqual({ trials: 0, epochs: 0, multiplyAdds: 0, seconds: 0, bytes: 0, isUpperBound: true });
});

test("a budget scales all values of the forecast", () => {
  const trials = trialsOf([specOf(5, 4), specOf(5, 4)]);
  const [whole, half] = [{}, { budget: { epochs: 4, leftOut: 0 } }].map((changes) =>
    forecast(experimentOf(trials, changes)),
  );
  expect(half).toEqual({
    trials: 2,
    epochs: 4,
    multiplyAdds: whole!.multiplyAdds / 2,
    seconds: whole!.seconds / 2,
    bytes: whole!.bytes / 2,
    isUpperBound: true,
  });
});

test("with early stopping, the forecast is an upper bound", () => {
  const earlyStopping = { metric: "loss", patience: 1, minDelta: 0 } as const;
  const spec = specOf(5, 4, { training: { ...toySpec.training, earlyStopping } });
  expect(forecast(experimentOf(trialsOf([spec]))).isUpperBound).toBe(true);
});

const shift = { type: "shift", pixels: 1 };
test.each<[string, Partial<TrialSpec>]>([
  ["the loss", { loss: { type: "mean-squared-error" } }],
  ["the optimizer", { optimizer: { type: "adam" } }],
  ["accumulated batches", { training: { ...toySpec.training, epochs: 1, accumulate: 2 } }],
  ["an average", { training: { ...toySpec.training, epochs: 1, average: { type: "ema" } } }],
  ["lookahead", { training: { ...toySpec.training, epochs: 1, lookahead: { steps: 5, alpha: 0.5 } } }],
  ["views", { evaluation: { views: 2, augment: [] } }],
  ["augmentations", { augment: [shift] }],
])("a network that differs by %s is measured separately", (_what, changes) => {
  const specs = [specOf(5, 1), specOf(5, 1, changes)];
  expect(chooseCalibrationNetworks(trialsOf(specs), forecastInputOf)).toEqual(specs);
});

test("four networks are all measured, in the order of their multiply-adds", () => {
  const specs = [40, 10, 30, 20].map((units) => specOf(units, 1));
  expect(chooseCalibrationNetworks(trialsOf(specs), forecastInputOf)).toEqual(
    [10, 20, 30, 40].map((units) => specOf(units, 1)),
  );
});

/** Forecasts one epoch of a network from the measured speeds of others. */
const forecastFrom = (spec: TrialSpec, paces: readonly (readonly [TrialSpec, typeof pace])[]) => {
  const experiment = experimentOf(trialsOf([spec]));
  const work = computeRemainingWork(experiment, forecastInputOf);
  return forecastRun(experiment, work, forecastInputOf, new Map(paces), 1);
};

test("times scale with the multiply-adds, bytes with the parameters, and the time to build stays", () => {
  const { seconds, bytes } = forecastFrom(specOf(40, 1), [[specOf(10, 1), pace]]);
  expect(seconds).toBeCloseTo(0.5 + 4 * (1 + 0.04), 10);
  expect(bytes).toBe(4 * 10_000 + 4 * 300 * 12 + 1500 + 500 + 28 * 15);
});

test("of two networks that are equally near, the first is used", () => {
  const slow = { ...pace, learning: 1 };
  const first = forecastFrom(specOf(20, 1), [
    [specOf(10, 1), pace],
    [specOf(30, 1), slow],
  ]);
  expect(first.seconds).toBeCloseTo(0.5 + 2 * (1 + 0.04), 10);
});

test("a measured network without weights is not scaled, and without any there is no forecast", () => {
  const empty = specOf(5, 1, { model: { ...toySpec.model, layers: [{ type: "flatten" }] } });
  const { seconds, bytes } = forecastFrom(specOf(5, 1), [[empty, pace]]);
  expect(seconds).toBeCloseTo(0.5 + 1 + 0.04, 10);
  expect(bytes).toBe(10_000 + 4 * 300 * 12 + 1500 + 500 + 28 * 15);
  const message = "A forecast needs at least one measured network.";
  expect(() => forecastFrom(specOf(5, 1), [])).toThrow(new Error(message));
});

test("later trials are estimated by the likely trials with the same numbers", () => {
  const likely = trialsOf([1, 2, 3].map((epochs) => specOf(5, epochs)));
  const experiment = experimentOf(likely.slice(0, 1), { generations: [1, 3] });
  const { generations } = computeRemainingWork(experiment, forecastInputOf, likely);
  expect(generations.map((each) => each.map(({ epochs }) => epochs))).toEqual([[1], [2, 3, 1]]);
});
