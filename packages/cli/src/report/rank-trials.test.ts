import type { ReportTrial } from "@nn/report";
import { expect, test } from "vitest";

import { rankTrials } from "./rank-trials.ts";

interface Result {
  readonly configuration: number;
  readonly seed: number;
  readonly accuracy: number;
  readonly status?: ReportTrial["status"];
}

function rank(results: readonly Result[], ranking: readonly number[]) {
  const trials = results.map(({ configuration, seed, accuracy, status = "completed" }, at): ReportTrial => {
    const metrics = { loss: 1 - accuracy, accuracy };
    return {
      number: at + 1,
      configuration,
      status,
      seed,
      values: [],
      epochs: 3,
      ownEpochs: 3,
      bestEpoch: null,
      parameters: null,
      multiplyAdds: null,
      train: metrics,
      validation: metrics,
      test: metrics,
      seconds: null,
      parent: null,
      reason: null,
      history: { epoch: [], trainLoss: [], trainAccuracy: [], validationLoss: [], validationAccuracy: [] },
    };
  });
  return rankTrials(trials, ranking, "validation.accuracy");
}

const three = [
  { configuration: 0, seed: 1, accuracy: 0.8 },
  { configuration: 0, seed: 2, accuracy: 0.84 },
  { configuration: 1, seed: 1, accuracy: 0.9 },
  { configuration: 1, seed: 2, accuracy: 0.92 },
  { configuration: 2, seed: 1, accuracy: 0.95, status: "pruned" },
] as const;

test("a configuration has the mean of its completed trials, and a pruned one none", () => {
  const { configurations } = rank(three, [1, 0, 2]);
  expect(configurations.map(({ index }) => index)).toEqual([1, 0, 2]);
  expect(configurations[0]!.metric).toMatchObject({ seeds: 2, mean: expect.closeTo(0.91, 12) });
  // 0.01 · t(0.975, 1) with t = tan(0.475·π) (Student's t with one degree of freedom is Cauchy's).
  expect(configurations[0]!.metric!.margin).toBeCloseTo(0.01 * Math.tan(0.475 * Math.PI), 9);
  expect(configurations[2]!.metric).toBeNull();
});

test("the lead is compared on the common seeds, pair by pair", () => {
  // Differences 0.1 and 0.08: mean 0.09, t = 9 with one degree of freedom, p = 1 − 2·atan(9)/π = 0.0704.
  const { lead } = rank(three, [1, 0, 2]);
  expect(lead).toMatchObject({ difference: expect.closeTo(0.09, 12), pairs: 2 });
  expect(lead!.pValue).toBeCloseTo(1 - (2 * Math.atan(9)) / Math.PI, 9);
});

test("with one common seed there is no p-value, and with one configuration no lead", () => {
  expect(rank([three[0], three[2]], [1, 0]).lead).toMatchObject({ pairs: 1, pValue: null });
  expect(rank([three[0], three[1]], [0]).lead).toBeNull();
});

test("the lead and its p-value are about the same seeds", () => {
  const { lead } = rank([...three.slice(0, 4), { configuration: 1, seed: 3, accuracy: 0.5 }], [1, 0]);
  expect(lead).toMatchObject({ difference: expect.closeTo(0.09, 12), pairs: 2 });
});
