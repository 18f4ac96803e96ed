import { expect, test } from "vitest";

import { until } from "./support/processes.ts";
import { withSmallData } from "./support/small-data.ts";

const prepare = withSmallData();

/** Three generations of a sampler that learns, each configuration with two seeds. */
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

test("a sampler that learns proposes the same trials for one worker and for two, and after kill -9 again and again", async () => {
  const quiet = prepare(learning);
  const { code, out } = await quiet.run(["--workers", "1"]);
  expect(code).toBe(0);
  expect(out).toContain("8 configurations × 2 repeats = 16 trials of 3 epochs");
  const reference = quiet.promisedFiles();
  expect(quiet.read("results.csv").trim().split("\n")).toHaveLength(1 + 16);

  const shared = prepare(learning);
  expect((await shared.run(["--workers", "2"])).code).toBe(0);
  expect(shared.promisedFiles()).toEqual(reference);

  const killed = prepare(learning);
  for (const more of [4, 9, 14]) {
    const goal = killed.journalLines() + more;
    const run = killed.start(["--workers", "2"], { detached: true });
    let ended = false;
    const end = run.then(() => (ended = true));
    await until(() => ended || killed.journalLines() > goal);
    if (!ended) process.kill(-run.pid!, "SIGKILL");
    await end;
  }
  expect((await killed.run(["--workers", "2"])).code).toBe(0);
  expect(killed.promisedFiles()).toEqual(reference);

  const again = await killed.run();
  expect(again.out).toContain("nothing was left to do");
  expect(again.out).toContain("Ranked by");
});
