import type { ResultRow } from "@nn/results";
import { expect, test } from "vitest";

import { groupByConfiguration, groupRankedConfigurations, rankConfigurationRows } from "./run-description.ts";

/** Returns the row of a trial. `epochs`: the last epoch. `parent`: the trial whose network it continues. */
function row(
  trial: number,
  rate: string,
  accuracy: number,
  { seed = 1, ...more }: Partial<ResultRow> = {},
): ResultRow {
  const metrics = { loss: 1 - accuracy, accuracy };
  return {
    trial,
    status: "completed",
    seed,
    parameters: { rate },
    epochs: 2,
    validation: metrics,
    ...more,
  };
}

const numbersOf = (groups: readonly { readonly rows: readonly ResultRow[] }[]): number[][] =>
  groups.map(({ rows }) => rows.map(({ trial }) => trial));

/** Two generations of a population of three. Trials 4 and 6 continue the network of trial 1. */
const population = [
  row(1, "0.1", 0.9),
  row(2, "0.2", 0.5),
  row(3, "0.3", 0.6),
  row(4, "0.1", 0.8, { epochs: 4, parent: 1 }),
  row(5, "0.3", 0.75, { epochs: 4, parent: 3 }),
  row(6, "0.1", 0.6, { epochs: 4, parent: 1 }),
];

test("trials with the same values are the repeats of one configuration", () => {
  const rows = [row(1, "0.1", 0.9), row(2, "0.1", 0.8, { seed: 2 }), row(3, "0.2", 0.7)];
  expect(numbersOf(groupByConfiguration(rows))).toEqual([[1, 2], [3]]);
  expect(numbersOf(groupRankedConfigurations(rows))).toEqual([[1, 2], [3]]);
});

test("trials with the same values and the same seed are different configurations", () => {
  const drawn = [1, 2, 3, 4].map((trial) => row(trial, trial === 3 ? "0.2" : "0.1", 0.9));
  expect(numbersOf(groupByConfiguration(drawn))).toEqual([[1], [2], [3], [4]]);
  expect(numbersOf(groupByConfiguration(drawn, 1))).toEqual([[1], [2], [3], [4]]);
  const repeated = [1, 2, 3, 4, 5, 6].map((trial) =>
    row(trial, trial === 3 || trial === 4 ? "0.2" : "0.1", 0.9, { seed: 2 - (trial % 2) }),
  );
  const pairs = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  expect(numbersOf(groupByConfiguration(repeated))).toEqual(pairs);
  expect(numbersOf(groupByConfiguration(repeated, 2))).toEqual(pairs);
  // Trials 2 and 5 have not ended.
  const some = repeated.filter(({ trial }) => trial !== 2 && trial !== 5);
  expect(numbersOf(groupByConfiguration(some, 2))).toEqual([[1], [3, 4], [6]]);
});

test("of a population without the last repeat of each configuration, the experiment has the repeats", () => {
  const rows = [1, 2, 4, 5, 7, 8].map((trial) =>
    row(trial, "0.1", 0.9, { seed: ((trial - 1) % 3) + 1, ...(trial > 3 && { parent: trial - 3 }) }),
  );
  expect(numbersOf(groupByConfiguration(rows, 3))).toEqual([
    [1, 2],
    [4, 5],
    [7, 8],
  ]);
});

test("of a population, trials with the same values and seed are configurations of their own", () => {
  expect(numbersOf(groupByConfiguration(population))).toEqual([[1], [2], [3], [4], [5], [6]]);
});

test("of a population, the best trial of the last epoch ranks first", () => {
  // The mean of trials 4 and 6, which have the same values, is below the accuracy of trial 5.
  const ranking = rankConfigurationRows({
    rows: population,
    metric: "validation.accuracy",
    goal: "maximize",
  });
  expect(numbersOf(ranking)).toEqual([[4], [5], [6]]);
});

test("of a population, the repeats of a configuration stay together, even if one diverges", () => {
  const rows = [
    row(1, "0.1", 0.9),
    row(2, "0.1", 0.9, { seed: 2 }),
    row(3, "0.1", 0.8, { epochs: 4, parent: 1 }),
    row(4, "0.1", 0.8, { epochs: 3, parent: 2, seed: 2, status: "diverged", validation: undefined }),
    row(5, "0.1", 0.7, { epochs: 4, parent: 1 }),
    row(6, "0.1", 0.7, { epochs: 4, parent: 2, seed: 2 }),
  ];
  const ranking = rankConfigurationRows({ rows, metric: "validation.accuracy", goal: "maximize" });
  expect(numbersOf(ranking)).toEqual([
    [5, 6],
    [3, 4],
  ]);
});
