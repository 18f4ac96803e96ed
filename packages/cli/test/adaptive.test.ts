import { expect, test } from "vitest";

import { hasEnded, waitUntil } from "./support/processes.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

/** Three generations of an adaptive sampler, with two seeds per configuration. */
const learning = `
name: small
repeats: 2
dataset: { type: mnist, validation: 100 }
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 12 }
    - { type: relu }
    - { type: dense, units: 10 }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 3, batchSize: 32 }
sweep:
  sampler: { type: tpe, trials: 8, generation: 3, startup: 3 }
  parameters:
    optimizer.learningRate: { type: float, min: 0.01, max: 1, scale: log }
    model.layers[1].units: [4, 8, 12]
`;

/** A population in which the worst trials continue the networks of the best. */
const population = learning
  .replace(/sampler: .*/, "sampler: { type: pbt, population: 4, interval: 1, quantile: 0.3 }")
  .replace(/ +model.layers.*\n/, "");

/** A pruner, which evaluates the two seeds of a configuration together. */
const pruned = learning
  .replace(
    /sampler: .*/,
    "sampler: { type: random, trials: 8 }\n  pruner: { type: successive-halving, eta: 2 }",
  )
  .replace("epochs: 3", "epochs: 4");

test.for([
  ["tpe", learning, 8, "8 configurations × 2 repeats = 16 trials of 3 epochs"],
  [
    "pbt",
    population,
    12,
    "12 configurations × 2 repeats = 24 trials of 1 epoch, which form 8 training runs of 3 epochs",
  ],
  ["successive-halving", pruned, 8, "16 trials of 4 epochs, some pruned by successive-halving"],
] as const)(
  "%s: the same trials with one worker, with two workers, and after several kill -9",
  async ([, spec, configurations, announced]) => {
    const quiet = prepare(spec);
    const { code, out } = await quiet.run(["--workers", "1"]);
    expect(code).toBe(0);
    expect(out).toContain(announced);
    const reference = quiet.promisedFiles();
    const rows = quiet.read("results.csv").trim().split("\n").slice(1);
    expect(rows).toHaveLength(configurations * 2);
    const shared = prepare(spec);
    expect((await shared.run(["--workers", "2"])).code).toBe(0);
    expect(shared.promisedFiles()).toEqual(reference);

    const killed = prepare(spec);
    for (const more of [4, 9, 14]) {
      const goal = killed.journalLines() + more;
      const run = killed.start(["--workers", "2", "--checkpoint-every", "0"], { detached: true });
      await waitUntil(run, () => hasEnded(run) || killed.journalLines() > goal);
      if (!hasEnded(run)) process.kill(-run.pid!, "SIGKILL");
      await run;
    }
    expect((await killed.run(["--workers", "2"])).code).toBe(0);
    expect(killed.promisedFiles()).toEqual(reference);

    const again = await killed.run();
    expect(again.out).toContain("there is nothing to train");
    expect(again.out).toContain("Ranked by");
  },
);

test("if a pruner has stopped all trials, the ranking says so", async () => {
  const folder = prepare(pruned.replace(/pruner: .*/, "pruner: { type: threshold, below: 0.999 }"));
  const { code, out } = await folder.run();
  expect(code).toBe(0);
  expect(out).toContain("Ranked by validation.accuracy");
  expect(out).toContain(
    "All configurations were stopped by threshold. None was trained to the end, so there is no best configuration.",
  );
});

test("results.csv has the trial whose network a trial of a population continues", async () => {
  const folder = prepare(population);
  expect((await folder.run()).code).toBe(0);
  const [header, ...rows] = folder
    .read("results.csv")
    .trim()
    .split("\n")
    .map((row) => row.split(","));
  expect(header?.at(-1)).toBe("parent");
  // Trials 1 to 8 (four configurations, two seeds) start new networks. Each other trial continues a trial of
  // the previous eight with the same seed.
  const parents = rows.map((row) => row.at(-1));
  expect(parents.slice(0, 8)).toEqual(Array(8).fill(""));
  const generationOf = (trial: number): number => Math.floor((trial - 1) / 8);
  for (const [index, parent] of [...parents.entries()].slice(8)) {
    expect(generationOf(Number(parent))).toBe(generationOf(index + 1) - 1);
    expect(rows[Number(parent) - 1]?.[2]).toBe(rows[index]?.[2]);
  }
});

test("with early stopping, a trial that continues a network has its own best epoch", async () => {
  // Learning rates so large that the validation metric soon gets worse.
  const spec = population
    .replace("epochs: 3", "epochs: 6")
    .replace("batchSize: 32", "batchSize: 32, earlyStopping: { patience: 1 }")
    .replace("interval: 1", "interval: 2")
    .replace("min: 0.01, max: 1,", "min: 0.5, max: 20,");
  const folder = prepare(spec);
  expect((await folder.run()).code).toBe(0);
  const [header = "", ...lines] = folder.read("results.csv").trim().split("\n");
  const at = (line: string, column: string): string => line.split(",")[header.split(",").indexOf(column)]!;
  const epochsOf = (line: string): number => Number(at(line, "epochs"));
  const children = lines.filter((line) => at(line, "parent") !== "" && at(line, "status") === "completed");
  const stoppedBefore = children.filter((line) => {
    const parent = lines[Number(at(line, "parent")) - 1]!;
    expect(epochsOf(line)).toBeGreaterThan(epochsOf(parent));
    expect(Number(at(line, "bestEpoch"))).toBeGreaterThan(epochsOf(parent));
    return epochsOf(parent) < 3;
  });
  expect(stoppedBefore.length).toBeGreaterThan(0);
});

test("of eight configurations, halving keeps four at the first rung and two at the second", async () => {
  const folder = prepare(pruned);
  expect((await folder.run()).code).toBe(0);
  const rows = folder.read("results.csv").trim().split("\n").slice(1);
  const statuses = Map.groupBy(rows, (row) => row.split(",")[1]);
  expect([statuses.get("pruned")?.length, statuses.get("completed")?.length]).toEqual([12, 4]);
  const epochs = folder.read("epochs.csv").trim().split("\n").slice(1);
  expect(epochs).toHaveLength(2 * (8 * 1 + 4 * 1 + 2 * 2));
});
