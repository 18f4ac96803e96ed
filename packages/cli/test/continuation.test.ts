import { rmSync } from "node:fs";
import { join } from "node:path";

import { readJournal, collectTrialRecords } from "@nn/results";
import { expect, test } from "vitest";

import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

/** Two learning rates, with every kind of state that a checkpoint contains. */
const spec = (epochs: number, schedule: string): string => `
name: small
dataset: { type: mnist, validation: 100 }
augment: [{ type: shift, pixels: 1 }]
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 12 }
    - { type: batch-norm }
    - { type: relu }
    - { type: dropout, rate: 0.1 }
    - { type: dense, units: 10 }
optimizer: { type: adam }
schedule: ${schedule}
training:
  epochs: ${epochs}
  batchSize: 32
  lookahead: { steps: 3 }
  average: { type: swa, from: 2 }
  earlyStopping: { metric: accuracy, patience: 4 }
sweep:
  sampler: { type: grid }
  parameters:
    optimizer.learningRate: [0.003, 0.01]
`;

test.for([
  "{ type: reduce-on-plateau, patience: 0, warmup: { epochs: 1 } }",
  "{ type: step, stepSize: 2 }",
  "{ type: constant, warmup: { steps: 10 } }",
])(
  "with more epochs, trials of an earlier run continue, with the bytes of a run from the start: %s",
  async (schedule) => {
    const whole = prepare(spec(7, schedule));
    expect((await whole.run()).code).toBe(0);

    const folder = prepare(spec(3, schedule));
    expect((await folder.run()).code).toBe(0);
    const earlier = folder.runFolder();
    folder.write("spec.yaml", spec(7, schedule));
    const { code, out } = await folder.run();
    expect(code).toBe(0);
    expect(out).toContain("Resuming 2 trials of the 3-epoch run.");
    expect(out).not.toContain("starts over");
    rmSync(earlier, { recursive: true });
    expect(folder.promisedFiles()).toEqual(whole.promisedFiles());
    const { events } = readJournal(join(folder.runFolder(), "journal.jsonl"));
    // The times of epochs that the earlier run trained are in the tables of that run.
    const seconds = collectTrialRecords(events)
      .get(1)!
      .history.map((epoch) => epoch.seconds > 0);
    expect(seconds.slice(0, 4)).toEqual([false, false, false, true]);
  },
);

/** The experiment with two epochs in its first run, with an open-ended schedule. */
const steps = spec(2, "{ type: step, stepSize: 2 }");
const tpe = "{ type: tpe, trials: 3, startup: 1, generation: 1 }";

test.for([
  [spec(2, "{ type: cosine }"), "the schedule cosine depends on the number of epochs"],
  [spec(2, "{ type: constant, warmup: { epochs: 3 } }"), "the earlier run ended during its warm-up"],
  [
    `${steps}  pruner: { type: median, startup: 1 }\n`,
    "the pruner median may decide differently with another number of epochs",
  ],
  [
    steps.replace("{ type: grid }", tpe).replace("[0.003, 0.01]", "{ type: float, min: 0.003, max: 0.01 }"),
    "the sampler's proposals depend on the results of complete training runs",
  ],
] as const)(
  "if a longer training cannot continue the earlier one, it starts over and prints why (%#)",
  async ([short, reason]) => {
    const long = short.replace("epochs: 2\n", "epochs: 3\n");
    const whole = prepare(long);
    expect((await whole.run()).code).toBe(0);
    const folder = prepare(short);
    await folder.run();
    const earlier = folder.runFolder();
    folder.write("spec.yaml", long);
    const { code, out } = await folder.run();
    expect(code).toBe(0);
    expect(out).toContain(`Training from the start instead of resuming the 2-epoch run: ${reason}.`);
    rmSync(earlier, { recursive: true });
    expect(folder.promisedFiles()).toEqual(whole.promisedFiles());
  },
);
