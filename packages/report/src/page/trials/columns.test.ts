import { expect, test } from "vitest";

import { createSampleSweep, createSampleTrial } from "../../../test/sample-data.ts";
import { createColumns, searchTrials, sortTrials, formatTrialsCsv } from "./columns.ts";

const data = createSampleSweep([
  [0.5, "relu", 0.9],
  [0.25, "tanh", 0.8],
  [0.125, "elu", 0.95],
]);
const columns = createColumns(data);
const numbersOf = (trials: readonly { number: number }[]): number[] => trials.map(({ number }) => number);

test("columns without any value are left out", () => {
  const ids = columns.map(({ id }) => id);
  expect(ids).toContain("optimizer.rate");
  expect(ids).not.toContain("parent");
  expect(ids).not.toContain("reason");
});

test("the metric of the run comes right after the trial, before settings and other metrics", () => {
  const ids = columns.map(({ id }) => id);
  expect(ids.slice(0, 6)).toEqual([
    "trial",
    "validation.accuracy",
    "seed",
    "optimizer.rate",
    "model.layer",
    "status",
  ]);
});

test("numbers are sorted as numbers, and trials without a value come last in both directions", () => {
  const rate = columns.find(({ id }) => id === "optimizer.rate")!;
  const trials = [...data.trials, createSampleTrial(4, 0.7, { values: [null, "relu"] })];
  expect(numbersOf(sortTrials(trials, rate, false))).toEqual([3, 2, 1, 4]);
  expect(numbersOf(sortTrials(trials, rate, true))).toEqual([1, 2, 3, 4]);
});

test("a search finds the trials that have every word in some cell", () => {
  expect(numbersOf(searchTrials(data.trials, columns, "tanh"))).toEqual([2]);
  expect(numbersOf(searchTrials(data.trials, columns, "completed 95.00 %"))).toEqual([3]);
  expect(searchTrials(data.trials, columns, "tanh relu")).toEqual([]);
});

test("CSV has all digits, quotes where needed, and no formulas for spreadsheets", () => {
  const trials = [
    createSampleTrial(1, 0.123456789012345, { values: [0.1, '=1+1, "x"'] }),
    createSampleTrial(2, 0.5, { values: [null, "a\nb"] }),
  ];
  const csv = formatTrialsCsv(
    trials,
    columns.filter(({ id }) => ["trial", "model.layer", "validation.accuracy"].includes(id)),
  );
  expect(csv).toBe(
    'trial,validation.accuracy,model.layer\r\n1,0.123456789012345,"\'=1+1, ""x"""\r\n2,0.5,"a\nb"\r\n',
  );
});
