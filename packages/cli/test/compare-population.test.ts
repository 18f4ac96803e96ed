import { join } from "node:path";

import { readResults } from "@nn/results";
import { expect, test } from "vitest";

import { smallSweep } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

test("of a population, the ranking is that of its run, with one trial per configuration", async () => {
  const folder = prepare(
    smallSweep
      .replace("repeats: 2", "repeats: 1")
      .replace("epochs: 8", "epochs: 6")
      .replace("sampler: { type: grid }", "sampler: { type: pbt, population: 5, interval: 2 }")
      .replace("[0.03, 0.1]", "{ type: float, min: 0.001, max: 0.1, scale: log }"),
  );
  expect((await folder.run()).code).toBe(0);
  const { configurations } = JSON.parse(
    (await folder.runProgram(["compare", "results/small", "--json"])).out,
  );
  const { rows } = readResults(join(folder.runFolder(), "results.csv"));
  const expected = rows.slice(-5).toSorted((a, b) => b.validation!.accuracy - a.validation!.accuracy);
  expect(configurations).toMatchObject(
    expected.map(({ trial, seed, validation }) => ({
      trials: [{ trial, seed }],
      metrics: { "validation.accuracy": { count: 1, mean: validation!.accuracy } },
    })),
  );
});
