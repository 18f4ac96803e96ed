import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readJournal, collectTrialRecords } from "@nn/results";
import { readCheckpoint } from "@nn/training";
import { expect, test } from "vitest";

import { listChildProcesses, waitUntil } from "./support/processes.ts";
import { slowTrainingOption } from "./support/remote.ts";
import { createSmallDataFolders } from "./support/small-data.ts";
import { smallSweep, type BenchFolder } from "./support/bench-folder.ts";

const prepare = createSmallDataFolders();

/** One trial with every kind of state that a checkpoint contains. */
const spec = `
name: small
dataset: { type: mnist, validation: 100 }
augment:
  - { type: shift, pixels: 1 }
  - { type: mixup }
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 12 }
    - { type: batch-norm }
    - { type: relu }
    - { type: dropout, rate: 0.1 }
    - { type: dense, units: 10 }
optimizer: { type: adam }
schedule: { type: reduce-on-plateau, patience: 0, warmup: { steps: 5 } }
training:
  epochs: 8
  batchSize: 16
  accumulate: 2
  lookahead: { steps: 3 }
  average: { type: ema, decay: 0.9 }
  earlyStopping: { metric: accuracy, patience: 8 }
`;

const afterEachStep = ["--checkpoint-every", "0"];

/** The progress of the trial's checkpoint: completed epochs, and images of the next epoch. */
function place(folder: BenchFolder): { epoch: number; seen: number } {
  const path = join(folder.path, "results");
  if (!existsSync(path) || folder.journalLines() < 3) return { epoch: 0, seen: 0 };
  const file = join(folder.runFolder(), "trials/1/checkpoint.safetensors");
  if (!existsSync(file)) return { epoch: 0, seen: 0 };
  const { epochs, numbers } = readCheckpoint(file);
  return { epoch: epochs.length, seen: numbers["meter"]?.[0]?.["examples"] ?? 0 };
}

/**
 * Returns, for each attempt that recorded an event, the epoch after which it started (0: from the beginning).
 */
function beginnings(folder: BenchFolder): number[] {
  const { events } = readJournal(join(folder.runFolder(), "journal.jsonl"));
  const found: number[] = [];
  let after: number | undefined;
  for (const event of events) {
    if (event.event === "trial-started") after = event.after ?? 0;
    else if (after !== undefined) {
      found.push(after);
      after = undefined;
    }
  }
  return found;
}

let reference: Record<string, string>;

test("the interval between checkpoints changes no byte", async () => {
  const seldom = prepare(spec);
  expect((await seldom.run()).code).toBe(0);
  reference = seldom.promisedFiles();
  const often = prepare(spec);
  expect((await often.run(afterEachStep)).code).toBe(0);
  expect(often.promisedFiles()).toEqual(reference);
});

test("a trial that is killed repeatedly within epochs resumes there, with the same bytes", async () => {
  const folder = prepare(spec);
  folder.write("slow", "");
  for (const epochs of [2, 4, 5]) {
    // Slowly, so that a kill comes before the end of the trial, however late this process looks.
    const env = { NODE_OPTIONS: slowTrainingOption };
    const run = folder.start(afterEachStep, { detached: true, env });
    await waitUntil(run, () => place(folder).epoch >= epochs && place(folder).seen > 0);
    process.kill(-run.pid!, "SIGKILL");
    await run;
  }
  const { code, out } = await folder.run();
  expect(code).toBe(0);
  expect(out).not.toContain("starts over");
  const [first, ...others] = beginnings(folder);
  expect(first).toBe(0);
  expect(others.every((epoch) => epoch >= 2)).toBe(true);
  expect(others.at(-1)).toBeGreaterThanOrEqual(5);
  expect(folder.promisedFiles()).toEqual(reference);
});

test("after a worker is killed, another one resumes from its checkpoint", async () => {
  const folder = prepare(spec);
  const run = folder.start(afterEachStep);
  await waitUntil(run, () => place(folder).epoch >= 3);
  process.kill(listChildProcesses(run.pid!)[0]!, "SIGKILL");
  const { exitCode, stdout } = await run;
  expect(stdout).toContain("Retrying it");
  expect(exitCode).toBe(0);
  expect(beginnings(folder)).toEqual([0, expect.toSatisfy((epoch) => epoch >= 3)]);
  expect(folder.promisedFiles()).toEqual(reference);
});

test("epochs in the checkpoint but not in the journal are recorded when the run resumes", async () => {
  const folder = prepare(spec);
  const run = folder.start(afterEachStep, { detached: true });
  await waitUntil(run, () => place(folder).epoch >= 3);
  process.kill(-run.pid!, "SIGKILL");
  await run;
  // As if the coordinator had been killed before it recorded them.
  const journal = join(folder.runFolder(), "journal.jsonl");
  const lines = readFileSync(journal, "utf8").split(/(?<=\n)/);
  const firstEpoch = lines.findIndex((line) => line.includes('"event":"epoch"'));
  truncateSync(journal, Buffer.byteLength(lines.slice(0, firstEpoch + 1).join("")));

  expect((await folder.run()).code).toBe(0);
  expect(folder.promisedFiles()).toEqual(reference);
  const history = collectTrialRecords(readJournal(journal).events).get(1)!.history;
  expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("with a damaged checkpoint, the trial starts over with the same bytes", async () => {
  const folder = prepare(spec);
  const run = folder.start(afterEachStep, { detached: true });
  await waitUntil(run, () => place(folder).epoch >= 2);
  process.kill(-run.pid!, "SIGKILL");
  await run;
  truncateSync(join(folder.runFolder(), "trials/1/checkpoint.safetensors"), 1000);
  const { code, out, err } = await folder.run();
  expect(code).toBe(0);
  expect(out + err).toContain("trial 1 starts over: its checkpoint cannot be resumed from");
  expect(beginnings(folder)).toEqual([0, 0]);
  expect(folder.promisedFiles()).toEqual(reference);
});

/** A sweep that ends with the prunings of its last two trials. */
const prunedSweep = smallSweep.replace(
  "sampler: { type: grid }",
  "sampler: { type: grid }\n  pruner: { type: threshold, below: 0.99, from: 3 }",
);

test("prunings that are all that is missing are recorded when the run resumes", async () => {
  const folder = prepare(prunedSweep);
  expect(await folder.run()).toMatchObject({ code: 0, err: "" });
  const files = folder.promisedFiles();
  const path = join(folder.runFolder(), "journal.jsonl");
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(lines.at(-1)).toContain('"status":"pruned"');
  for (const lost of [1, 2]) {
    writeFileSync(path, `${lines.slice(0, -lost).join("\n")}\n`);
    expect((await folder.run()).code).toBe(0);
    expect(folder.promisedFiles()).toEqual(files);
  }
});

test("a trial that failed at a rung can be pruned when it is retried", async () => {
  const folder = prepare(prunedSweep);
  expect(await folder.run(["--workers", "1"])).toMatchObject({ code: 0, err: "" });
  const files = folder.promisedFiles();
  const path = join(folder.runFolder(), "journal.jsonl");
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const failed = {
    event: "trial-ended",
    trial: 4,
    status: "failed",
    epochs: 3,
    seconds: 1,
    reason: "no memory",
  };
  expect(lines.slice(-2).join()).toMatch(/"trial":3,"status":"pruned".*"trial":4,"status":"pruned"/);
  writeFileSync(path, `${[...lines.slice(0, -2), JSON.stringify(failed), lines.at(-2)].join("\n")}\n`);
  expect(await folder.run()).toMatchObject({ code: 0, err: "" });
  expect(folder.promisedFiles()).toEqual(files);
});
