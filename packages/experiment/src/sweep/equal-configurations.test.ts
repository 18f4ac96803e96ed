import { join } from "node:path";

import { expect, test } from "vitest";

import { loadExperimentPlan } from "../load-experiment.ts";

/** Returns the notices about the experiment with this sweep. */
async function getNotices(sweep: string, ...more: string[]): Promise<string> {
  const file = join(import.meta.dirname, "../../test/specs/base/small.yaml");
  const { notices } = await loadExperimentPlan(file, { set: [`sweep=${sweep}`, ...more] });
  return notices.join("\n");
}

const two = "optimizer: [{ type: sgd, learningRate: 0.1 }, { type: sgd, learningRate: 0.1, momentum: 0 }]";

test("two options that are equal with their defaults give a notice, also with other swept parameters", async () => {
  expect(await getNotices(`{ sampler: { type: grid }, parameters: { ${two} } }`)).toBe(
    "1 configuration is equivalent to an earlier one and would be counted twice: trial 2 repeats " +
      "trial 1, because their values of optimizer are equivalent; omit one of them",
  );
  const beside = `{ sampler: { type: grid }, parameters: { ${two}, training.batchSize: [10, 20] } }`;
  expect(await getNotices(beside, "repeats=3")).toBe(
    "2 configurations are equivalent to earlier ones and would be counted twice: trial 7 repeats " +
      "trial 1, because their values of optimizer are equivalent; omit one of them",
  );
});

test("a combination that is drawn twice gives a notice, although there are enough combinations", async () => {
  const sizes = "training.batchSize: [10, 20, 30, 40], optimizer.momentum: [0, 0.5, 0.9]";
  expect(await getNotices(`{ sampler: { type: random, trials: 12 }, parameters: { ${sizes} } }`)).toMatch(
    new RegExp(
      /^\d configurations are equivalent to earlier ones and would be counted twice: trial \d+ repeats /
        .source +
        /trial \d+, because the sampler drew it again; the sampler grid tries each combination once$/.source,
    ),
  );
  expect(await getNotices(`{ sampler: { type: grid }, parameters: { ${sizes} } }`)).toBe("");
});

test("too few combinations give only that notice, and a population gives none", async () => {
  const few = "training.batchSize: [10, 20]";
  expect(await getNotices(`{ sampler: { type: random, trials: 5 }, parameters: { ${few} } }`)).toBe(
    "the sweep tries 5 combinations, but there are only 2: repeated combinations give the same results; the sampler " +
      "grid tries each once",
  );
  const population = "{ type: pbt, population: 6, interval: 1 }";
  expect(
    await getNotices(
      `{ sampler: ${population}, parameters: { optimizer.momentum: [0, 0.9] } }`,
      "training.epochs=3",
    ),
  ).toBe("");
});
