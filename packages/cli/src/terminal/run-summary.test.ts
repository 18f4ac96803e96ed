import type { Experiment } from "@nn/experiment";
import { createSingleTrialExperiment, createSweepExperiment } from "@nn/experiment/testing/toy-experiment";
import type { TrialRecord } from "@nn/results";
import { expect, test } from "vitest";

import { createRecordingTerminal } from "../../test/support/recording-terminal.ts";
import { formatRunSummary, formatSweepEnd } from "./run-summary.ts";

type Outcome = readonly [validation: number, test: number] | "diverged" | { readonly pruned: number };

const measure = (accuracy: number) => ({ loss: 1 - accuracy, accuracy });

function recordsOf({ trials }: Experiment, outcomes: readonly Outcome[]): Map<number, TrialRecord> {
  return new Map(
    trials.map(({ number, seed, parameters }, index): [number, TrialRecord] => {
      const outcome = outcomes[index]!;
      const base = { trial: number, seed, parameters, worker: 1, epochs: 2 };
      if (outcome === "diverged") return [number, { ...base, status: "diverged", history: [] }];
      if ("pruned" in outcome) {
        const last = { train: measure(0.5), validation: measure(outcome.pruned) };
        return [number, { ...base, epochs: 1, status: "pruned", history: [], ...last }];
      }
      const [validation, test] = [measure(outcome[0]), measure(outcome[1])];
      const train = { loss: 0.01, accuracy: 0.995 };
      const history = [1, 2].map((epoch) => ({
        epoch,
        train,
        validation,
        seconds: 0.25,
        imagesPerSecond: 200_000,
      }));
      return [number, { ...base, status: "completed", history, train, validation, test }];
    }),
  );
}

test("for one trial, loss and accuracy on each set of images, and the speed", () => {
  const experiment = createSingleTrialExperiment();
  expect(
    formatRunSummary(experiment, recordsOf(experiment, [[0.97, 0.965]]), createRecordingTerminal()),
  ).toEqual([
    "              loss  accuracy",
    "training    0.0100   99.50 %",
    "validation  0.0300   97.00 %",
    "test        0.0350   96.50 %",
    "2 epochs in 0.5 s of training, 200,000 images/s",
  ]);
});

test("for one resumed trial, the speed is that of the epochs that have times", () => {
  const experiment = createSingleTrialExperiment();
  const records = recordsOf(experiment, [[0.97, 0.965]]);
  for (const [trial, record] of records) {
    const earlier = record.history.map((epoch) => ({ ...epoch, seconds: 0, imagesPerSecond: 0 }));
    const later = record.history.map((epoch) => ({ ...epoch, epoch: epoch.epoch + 2 }));
    records.set(trial, { ...record, history: [...earlier, ...later] });
  }
  expect(formatRunSummary(experiment, records, createRecordingTerminal()).at(-1)).toBe(
    "2 of 4 epochs (the others were trained earlier) in 0.5 s of training, 200,000 images/s",
  );
});

test("for several seeds, mean ± sample standard deviation, and the number of trials", () => {
  const experiment = createSweepExperiment([0.1], 2);
  const lines = formatRunSummary(
    experiment,
    recordsOf(experiment, [
      [0.96, 0.95],
      [0.98, 0.97],
    ]),
    createRecordingTerminal(),
  );
  expect(lines).toEqual([
    "                       loss          accuracy",
    "training    0.0100 ± 0.0000  99.50 % ± 0.00 %",
    "validation  0.0300 ± 0.0141  97.00 % ± 1.41 %",
    "test        0.0400 ± 0.0141  96.00 % ± 1.41 %",
    "mean ± standard deviation of 2 trials with different seeds",
  ]);
});

test("for one trial that diverged, the reason instead of a table", () => {
  const experiment = createSingleTrialExperiment();
  const [record] = recordsOf(experiment, ["diverged"]).values();
  const records = new Map([[1, { ...record!, reason: "the loss is not finite." }]]);
  expect(formatRunSummary(experiment, records, createRecordingTerminal())).toEqual([
    "trial 1 (seed 1) diverged: the loss is not finite.",
  ]);
});

test("a sweep is ranked by validation, diverged trials last; only the best has test metrics", () => {
  const experiment = createSweepExperiment([0.01, 10, 0.1]);
  const lines = formatRunSummary(
    experiment,
    recordsOf(experiment, [[0.9, 0.91], "diverged", [0.95, 0.94]]),
    createRecordingTerminal(),
  );
  expect(lines).toEqual([
    "Ranked by validation.accuracy",
    "   learningRate  validation.accuracy  validation.loss  trials",
    "1           0.1              95.00 %           0.0500  3",
    "2          0.01              90.00 %           0.1000  1",
    "3            10                    –                –  2: diverged",
    "",
    "Best: learningRate 0.1 (trial 3)",
    "              loss  accuracy",
    "training    0.0100   99.50 %",
    "validation  0.0500   95.00 %",
    "test        0.0600   94.00 %",
    "It was selected by validation.accuracy, so this value is slightly optimistic. Report the test metrics: " +
      "the test set is never used for model selection.",
  ]);
});

test("a ranking lists the trials of each configuration, with their status unless all completed", () => {
  const experiment = createSweepExperiment([0.1, 0.2, 0.3], 3);
  const outcomes = [0.9, 0.9, 0.9, 0.8, "diverged", 0.8, 0.95, 0.95, 0.95].map((outcome) =>
    typeof outcome === "number" ? ([outcome, outcome] as const) : "diverged",
  );
  const lines = formatRunSummary(experiment, recordsOf(experiment, outcomes), createRecordingTerminal());
  expect(lines.slice(2, 5).map((line) => line.split(/ {2,}/).at(-1))).toEqual([
    "7–9",
    "1–3",
    "4–6: 2 completed, 1 diverged",
  ]);
  expect(lines).toContain("Best: learningRate 0.3 (trials 7–9)");
});

test("ties share a rank, and a line lists the configurations that tie with the best", () => {
  const experiment = createSweepExperiment([0.1, 0.2, 0.3, 0.4, 0.5]);
  const outcomes = [0.9, 0.95, 0.9, 0.95, 0.8].map((accuracy) => [accuracy, accuracy] as const);
  const lines = formatRunSummary(experiment, recordsOf(experiment, outcomes), createRecordingTerminal());
  expect(lines.slice(2, 7).map((line) => line.split(/ {2,}/).toSpliced(2, 2))).toEqual([
    ["1", "0.2", "2"],
    ["1", "0.4", "4"],
    ["3", "0.1", "1"],
    ["3", "0.3", "3"],
    ["5", "0.5", "5"],
  ]);
  expect(lines.slice(8, 10)).toEqual([
    "Best: learningRate 0.2 (trial 2)",
    "Another has the same validation.accuracy (trial 4); of these, the first is shown as the best.",
  ]);
  const repeated = createSweepExperiment([0.1, 0.2, 0.3], 2);
  const pairs = [0.8, 0.8, 0.9, 0.9, 0.9, 0.9].map((accuracy) => [accuracy, accuracy] as const);
  expect(formatRunSummary(repeated, recordsOf(repeated, pairs), createRecordingTerminal())).toContain(
    "Another has the same validation.accuracy (trials 5, 6); of these, the first is shown as the best.",
  );
  const all = createSweepExperiment(Array.from({ length: 12 }, (_, index) => index));
  const same = Array.from({ length: 12 }, () => [0.9, 0.9] as const);
  expect(formatRunSummary(all, recordsOf(all, same), createRecordingTerminal())).toContain(
    "Others have the same validation.accuracy (trials 2, 3, 4, 5, 6, 7, 8, 9, 3 more); of these, the first is " +
      "shown as the best.",
  );
});

test("long values in a ranking are shortened but stay different; the best is shown in full", () => {
  const networks = [
    "flatten, dense, relu|tanh, dense",
    "flatten, dense, relu, dropout, dense, relu, dense",
    "flatten, dense",
  ];
  const experiment = createSweepExperiment(networks);
  const outcomes = [0.9, 0.95, 0.8].map((accuracy) => [accuracy, accuracy] as const);
  const lines = formatRunSummary(experiment, recordsOf(experiment, outcomes), createRecordingTerminal());
  expect(lines.slice(2, 5).map((line) => line.slice(3, 33).trim())).toEqual([
    "flatten, dense, relu, dropout…",
    "flatten, dense, relu|tanh…",
    "flatten, dense",
  ]);
  expect(lines).toContain("Best: learningRate flatten, dense, relu, dropout, dense, relu, dense (trial 2)");

  const alike = createSweepExperiment(
    [0.123456, 0.25].map((rate) => `{"type":"sgd","momentum":0.9,"learningRate":${rate},"nesterov":true}`),
  );
  const both = formatRunSummary(alike, recordsOf(alike, outcomes), createRecordingTerminal()).slice(2, 4);
  expect(both.map((line) => line.slice(3, 50).trim().split("  ")[0])).toEqual([
    "sgd (momentum 0.9, learningRate 0.25…",
    "sgd (momentum 0.9, learningRate 0.123456…",
  ]);
});

test("a long ranking is cut, with a line about the rest", () => {
  const experiment = createSweepExperiment(Array.from({ length: 25 }, (_, index) => index));
  const lines = formatRunSummary(
    experiment,
    recordsOf(
      experiment,
      Array.from({ length: 25 }, () => [0.9, 0.9] as const),
    ),
    createRecordingTerminal(),
  );
  expect(lines).toContain("… and 5 more, in results.csv");
});

test("if all trials diverged, there is a ranking but no best configuration", () => {
  const experiment = createSweepExperiment([10, 100]);
  const lines = formatRunSummary(
    experiment,
    recordsOf(experiment, ["diverged", "diverged"]),
    createRecordingTerminal(),
  );
  expect(lines.at(-1)).toMatch(/^2 +100 +– +– +2: diverged$/);
});

test("a sweep that ended early prints why; a complete one prints nothing", () => {
  const experiment = createSweepExperiment([0.1, 0.2, 0.3], 2);
  const end = { after: 4, reason: "validation.accuracy reached the target 0.9" };
  expect(formatSweepEnd(experiment, undefined)).toEqual([]);
  expect(formatSweepEnd({ ...experiment, budget: { target: 0.9, leftOut: 0 } }, end)).toEqual([
    "",
    "The sweep ended after 2 of 3 configurations: validation.accuracy reached the target 0.9.",
  ]);
  expect(formatSweepEnd({ ...experiment, budget: { trials: 7, leftOut: 5 } }, undefined)).toEqual([
    "",
    "The sweep ended after 3 of 8 configurations: its budget of 7 trials is used up.",
  ]);
});

test("pruned trials rank last with their last metrics; a line counts those better than the best", () => {
  const experiment = { ...createSweepExperiment([0.1, 0.2, 0.3]), pruner: { type: "patience" } };
  const records = recordsOf(experiment, [{ pruned: 0.98 }, [0.97, 0.96], { pruned: 0.99 }]);
  const lines = formatRunSummary(experiment, records, createRecordingTerminal());
  expect(lines.slice(1, 6)).toEqual([
    "   learningRate  validation.accuracy  validation.loss  trials",
    "1           0.2              97.00 %           0.0300  2",
    "            0.3            (99.00 %)         (0.0100)  3: pruned after 1 epoch",
    "            0.1            (98.00 %)         (0.0200)  1: pruned after 1 epoch",
    "",
  ]);
  expect(lines[6]).toBe(
    "2 configurations that patience stopped already had a better validation.accuracy than the best fully trained one.",
  );
});

test("if all trials were pruned, a line says so and there is no best configuration", () => {
  const experiment = { ...createSweepExperiment([0.1, 0.2]), pruner: { type: "threshold" } };
  const records = recordsOf(experiment, [{ pruned: 0.5 }, { pruned: 0.6 }]);
  const lines = formatRunSummary(experiment, records, createRecordingTerminal());
  expect(lines.at(-1)).toBe(
    "All configurations were stopped by threshold. None was trained to the end, so there is no best configuration.",
  );
});
