import { existsSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { hasEnded, waitUntil } from "./support/processes.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

/** Eight configurations with two seeds each. The median pruner stops some of them early. */
const sweep = (budget: string): string => `
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
  sampler: { type: random, trials: 8 }
  pruner: { type: median, startup: 2, warmup: 1 }
  budget: ${budget}
  parameters:
    optimizer.learningRate: { type: float, min: 0.001, max: 1, scale: log }
`;

test.for([
  ["epochs", "{ epochs: 23 }", "its budget of 23 epochs is used up."],
  ["target", "{ target: 0.2 }", "validation.accuracy reached the target 0.2."],
] as const)(
  "a budget of %s ends the sweep after the same trial with one worker, with three, and after several kill -9",
  async ([, budget, reason]) => {
    const quiet = prepare(sweep(budget));
    const { code, out } = await quiet.run(["--workers", "1"]);
    expect(code).toBe(0);
    const [, counted] = /The sweep ended after (\d+) of 8 configurations: (.*)/.exec(out) ?? [];
    expect(out).toContain(`The sweep ended after ${counted} of 8 configurations: ${reason}`);
    const trials = Number(counted) * 2;
    expect(trials).toBeLessThan(16);
    const reference = quiet.promisedFiles();
    expect(quiet.read("results.csv").trim().split("\n")).toHaveLength(1 + trials);

    const shared = prepare(sweep(budget));
    expect((await shared.run(["--workers", "3"])).code).toBe(0);
    expect(shared.promisedFiles()).toEqual(reference);
    expect(existsSync(join(shared.runFolder(), "trials", String(trials + 1)))).toBe(false);

    const killed = prepare(sweep(budget));
    for (const more of [6, 13]) {
      const goal = killed.journalLines() + more;
      const run = killed.start(["--workers", "3"], { detached: true });
      await waitUntil(run, () => hasEnded(run) || killed.journalLines() > goal);
      if (!hasEnded(run)) process.kill(-run.pid!, "SIGKILL");
      await run;
    }
    expect((await killed.run(["--workers", "3"])).code).toBe(0);
    expect(killed.promisedFiles()).toEqual(reference);

    const again = await killed.run();
    expect(again.out).toContain("there is nothing to train");
    expect(again.out).toContain(`The sweep ended after ${counted} of 8 configurations: ${reason}`);
    expect(killed.promisedFiles()).toEqual(reference);

    const runs = await killed.runProgram(["runs", "--out", "results", "--json"]);
    expect(JSON.parse(runs.out)).toMatchObject([{ status: "finished", done: trials, trials }]);
    const report = await killed.runProgram(["report", killed.runFolder(), "--data", "data"]);
    expect(report).toMatchObject({ code: 0, err: expect.not.stringContaining("not finished") });
    const dry = await killed.run(["--dry-run"]);
    expect(dry.out).toContain(`${trials} of ${trials} trials are already done.`);
    expect(dry.out).toContain(`The sweep ended after ${counted} of 8 configurations: ${reason}`);
    expect(dry.out).not.toContain("forecast");
  },
);

test("a budget of trials keeps the first configurations of the sampler with all their repeats", async () => {
  const whole = prepare(sweep("{ trials: 16 }"));
  const everything = await whole.run();
  expect(everything.out).not.toContain("The sweep ended");
  const folder = prepare(sweep("{ trials: 7 }"));
  const { code, out } = await folder.run();
  expect(code).toBe(0);
  expect(out).toContain("3 configurations × 2 repeats = 6 trials of 3 epochs");
  expect(out).toContain("The sweep ended after 3 of 8 configurations: its budget of 7 trials is used up.");
  const rows = whole.read("results.csv").split("\n").slice(0, 7);
  expect(folder.read("results.csv").trim().split("\n")).toEqual(rows);
});

test("a budget of minutes keeps finished trials and changes no byte of a complete run", async () => {
  const quiet = prepare(sweep("{ trials: 6 }"));
  expect((await quiet.run()).code).toBe(0);

  const long = ["--set", "training.epochs=4000", "--workers", "1"];
  const folder = prepare(sweep("{ trials: 6, minutes: 0.01 }"));
  const { code, out } = await folder.run(long);
  expect(code).toBe(0);
  expect(out).toContain("6 trials of 4000 epochs");
  expect(out).toMatch(/The sweep's budget of minutes is used up\. \d of 6 trials are done and kept in /);
  expect(out).toContain("experiment spec.yaml --out results --data data --set training.epochs=4000");

  const patient = prepare(sweep("{ trials: 6, minutes: 5 }"));
  const inTime = await patient.run();
  expect(inTime.code).toBe(0);
  expect(inTime.out).not.toContain("The minutes of its budget");
  expect(patient.read("results.csv")).toBe(quiet.read("results.csv"));
  // The minutes are not part of the fingerprint.
  expect(patient.runFolder().split("/").at(-1)).toBe(quiet.runFolder().split("/").at(-1));
});
