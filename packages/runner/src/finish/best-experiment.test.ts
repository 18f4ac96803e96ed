import type { Experiment } from "@nn/experiment";
import { createSingleTrialExperiment, createSweepExperiment } from "@nn/experiment/testing/toy-experiment";
import type { TrialRecord } from "@nn/results";
import { expect, test } from "vitest";
import { parse } from "yaml";

import { createBestExperiment } from "./best-experiment.ts";

/** Three configurations with two trials each. The second is the best one. */
const sweep: Experiment = {
  ...createSweepExperiment([0.5, 0.25, { type: "linear", to: 0 }], 2),
  name: "rates",
  seed: 7,
  file: "/project/experiments/rates.yaml",
};

/** The records of completed trials with these validation accuracies. Without an accuracy, a trial failed. */
function recordsOf(accuracies: readonly (number | undefined)[]): ReadonlyMap<number, TrialRecord> {
  return new Map(
    accuracies.map((accuracy, index): [number, TrialRecord] => [
      index + 1,
      {
        trial: index + 1,
        status: accuracy === undefined ? "failed" : "completed",
        seed: 1,
        parameters: {},
        worker: 1,
        history: [],
        epochs: 1,
        validation: accuracy === undefined ? undefined : { loss: 1, accuracy },
      },
    ]),
  );
}

const records = recordsOf([0.5, 0.6, 0.1 + 0.7, 0.1 + 0.7, 0.4, 0.4]);

function create(experiment: Experiment, known = records) {
  return createBestExperiment(experiment, experiment.trials, known, "/project/results/rates/0");
}

/** Returns the lines of comments at the start of a text. */
function commentsOf(text = ""): string[] {
  return text.split("\n").filter((line) => line.startsWith("#"));
}

test("the comments tell the metric, the seeds, the trials and the values", () => {
  const best = create(sweep);
  expect(commentsOf(best?.text)).toEqual([
    "# The best configuration of the sweep rates.",
    // 0.1 + 0.7 is 0.7999999999999999.
    "# Chosen by validation.accuracy, the mean over 2 seeds: 0.8, of 3 configurations.",
    "# Its trials: 3, 4. Chosen by this value, so the value is slightly optimistic.",
    "#   optimizer.learningRate: 0.25",
  ]);
  const blocks = create(sweep, recordsOf([0.5, 0.5, 0.5, 0.5, 1, 0.75]));
  expect(commentsOf(blocks?.text).slice(1)).toEqual([
    "# Chosen by validation.accuracy, the mean over 2 seeds: 0.875, of 3 configurations.",
    "# Its trials: 5, 6. Chosen by this value, so the value is slightly optimistic.",
    '#   optimizer.learningRate: {"type":"linear","to":0}',
  ]);
});

test("one completed seed is no mean", () => {
  const best = create(sweep, recordsOf([0.5, 0.6, 0.75, undefined, 0.4, 0.4]));
  expect(commentsOf(best?.text)[1]).toBe(
    "# Chosen by validation.accuracy, one seed: 0.75, of 3 configurations.",
  );
});

test("the file contains the spec of the best configuration, with paths relative to its folder", () => {
  const trials = sweep.trials.map((trial) => ({
    ...trial,
    spec: {
      ...trial.spec,
      optimizer: { type: "./sgd.ts", learningRate: trial.configuration },
    },
  }));
  const best = create({ ...sweep, trials });
  expect(best?.spec).toBe(trials[2]!.spec);
  const { dataset, model, loss, schedule, training } = trials[2]!.spec;
  expect(parse(best!.text)).toEqual({
    name: "rates-best",
    description: "The best configuration of the sweep rates",
    seed: 7,
    repeats: 2,
    dataset,
    model,
    loss,
    optimizer: { type: "../../../experiments/sgd.ts", learningRate: 1 },
    schedule,
    training,
  });
  // A line without a comment separates the comments from the content.
  expect(best?.text.split("\n").slice(4, 6)).toEqual(["", "name: rates-best"]);
});

test("the goal determines the best configuration", () => {
  expect(create({ ...sweep, goal: "minimize" })?.spec).toBe(sweep.trials[4]!.spec);
  expect(commentsOf(create({ ...sweep, goal: "minimize" })?.text)[2]).toMatch("Its trials: 5, 6.");
});

test("a comment tells that the values changed during the training", () => {
  const last = (experiment: Experiment) => commentsOf(create(experiment)?.text).at(-1);
  expect(last({ ...sweep, continuesNetworks: true })).toBe(
    "# The sweep changed values during the training. This file trains with the last values from the start.",
  );
  expect(last(sweep)).toBe("#   optimizer.learningRate: 0.25");
});

test("there is no best experiment without a sweep, without trials, or without the metric", () => {
  expect(create(createSingleTrialExperiment())).toBeUndefined();
  expect(create({ ...sweep, trials: [] })).toBeUndefined();
  expect(create(sweep, new Map())).toBeUndefined();
  expect(create({ ...sweep, metric: "test.accuracy" })).toBeUndefined();
});
