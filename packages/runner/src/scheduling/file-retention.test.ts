import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { builtInCatalogs, type KeepSpec } from "@nn/experiment";
import { createSingleTrialExperiment } from "@nn/experiment/testing/toy-experiment";
import type { TrialRecord } from "@nn/results";
import type { Trial } from "@nn/training";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";

import { FileRetention } from "./file-retention.ts";

const toyExperiment = createSingleTrialExperiment();
const [toyTrial] = toyExperiment.trials;
const FILES = ["model.safetensors", "outputs.safetensors", "checkpoint.safetensors"];

/** Returns two trials of each configuration. */
function trialsOf(configurations: number, schedule = toyTrial!.spec.schedule): Trial[] {
  return Array.from({ length: configurations * 2 }, (_, index) => ({
    ...toyTrial!,
    number: index + 1,
    configuration: index >> 1,
    spec: { ...toyTrial!.spec, schedule },
  }));
}

function record({ number }: Trial, accuracy: number | undefined): TrialRecord {
  const status = accuracy === undefined ? "diverged" : "completed";
  const validation = accuracy === undefined ? undefined : { loss: 1, accuracy };
  return { trial: number, status, seed: 1, parameters: {}, worker: 1, history: [], epochs: 1, validation };
}

/** A run whose trials end in some order. */
class Run {
  readonly path = mkdtempSync(join(tmpdir(), "file-retention-"));
  readonly records = new Map<number, TrialRecord>();
  readonly trials: readonly Trial[];
  readonly kept: FileRetention;

  constructor(trials: readonly Trial[], keep: KeepSpec, continuesNetworks = false) {
    onTestFinished(() => rmSync(this.path, { recursive: true, force: true }));
    this.trials = trials;
    const experiment = { ...toyExperiment, keep, continuesNetworks };
    this.kept = new FileRetention({ experiment, catalogs: builtInCatalogs, directory: this });
  }

  end(trial: Trial, accuracy: number | undefined): void {
    const folder = join(this.path, "trials", `${trial.number}`);
    mkdirSync(folder, { recursive: true });
    if (accuracy !== undefined) for (const name of FILES) writeFileSync(join(folder, name), "");
    this.records.set(trial.number, record(trial, accuracy));
    this.kept.onEnded(this.trials);
  }

  /** Returns the numbers of the trials that have this file. */
  having(file: string): number[] {
    return this.trials
      .map(({ number }) => number)
      .filter((number) => existsSync(join(this.path, "trials", `${number}`, file)));
  }
}

test("the best configurations keep their files, with all their repeats, and diverged ones have none", async () => {
  const run = new Run(trialsOf(4), { networks: 2, outputs: 1, checkpoints: 0 });
  const accuracies = [0.5, 0.6, 0.9, 0.9, undefined, 0.99, 0.7, 0.7];
  for (const [index, trial] of run.trials.entries()) run.end(trial, accuracies[index]);
  await run.kept.finish(run.trials);
  expect(run.having("model.safetensors")).toEqual([3, 4, 7, 8]);
  expect(run.having("outputs.safetensors")).toEqual([3, 4]);
  expect(run.having("checkpoint.safetensors")).toEqual([]);
});

test("what is kept does not depend on the order in which trials end", async () => {
  const [count, keep] = [30, { networks: 3, outputs: 5, checkpoints: 2 }];
  const accuracy = fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(
      fc.array(accuracy, { minLength: count * 2, maxLength: count * 2 }),
      fc.shuffledSubarray([...Array(count * 2).keys()], { minLength: count * 2 }),
      async (accuracies, order) => {
        const files: number[][][] = [];
        for (const indices of [[...order.keys()], order]) {
          const run = new Run(trialsOf(count), keep);
          for (const index of indices) run.end(run.trials[index]!, accuracies[index]);
          await run.kept.finish(run.trials);
          files.push(FILES.map((file) => run.having(file)));
          rmSync(run.path, { recursive: true });
        }
        expect(files[1]).toEqual(files[0]);
      },
    ),
    { numRuns: 10 },
  );
});

test("while a sweep runs, files of configurations outside the best ones are deleted", async () => {
  const run = new Run(trialsOf(15), { networks: 2, outputs: 2, checkpoints: 2 });
  for (const trial of run.trials.slice(0, 20)) run.end(trial, trial.configuration / 10);
  await run.kept.deleted();
  expect(run.having("model.safetensors")).toEqual([17, 18, 19, 20]);
});

test("with all, everything is kept, except checkpoints that no training can continue from", async () => {
  const all = { networks: "all", outputs: "all", checkpoints: "all" } as const;
  const cosine = { type: "cosine" };
  for (const [schedule, checkpoints] of [
    [undefined, [1, 2]],
    [cosine, []],
  ] as const) {
    const run = new Run(trialsOf(1, schedule), all);
    for (const trial of run.trials) run.end(trial, 0.5);
    await run.kept.finish(run.trials);
    expect(run.having("model.safetensors")).toEqual([1, 2]);
    expect(run.having("checkpoint.safetensors")).toEqual(checkpoints);
  }
});

test("checkpoints that later trials may continue from are kept", async () => {
  const run = new Run(trialsOf(2), { networks: 0, outputs: 0, checkpoints: 0 }, true);
  for (const trial of run.trials) run.end(trial, 0.5);
  await run.kept.finish(run.trials);
  expect(run.having("model.safetensors")).toEqual([]);
  expect(run.having("checkpoint.safetensors")).toEqual([1, 2, 3, 4]);
});

test("a pruned trial has no folder, even if the run was killed before it was deleted", async () => {
  const run = new Run(trialsOf(1), { networks: 1, outputs: 1, checkpoints: 1 });
  const [first, second] = run.trials;
  run.end(first!, 0.5);
  run.end(second!, 0.4);
  run.records.set(2, { ...record(second!, 0.4), status: "pruned" });
  await run.kept.finish(run.trials);
  expect(existsSync(join(run.path, "trials", "1"))).toBe(true);
  expect(existsSync(join(run.path, "trials", "2"))).toBe(false);
});

test("a file that cannot be deleted is reported", async () => {
  const run = new Run(trialsOf(15), { networks: 0, outputs: 0, checkpoints: 0 });
  // A folder in the place of the file cannot be deleted like a file.
  mkdirSync(join(run.path, "trials/1/model.safetensors/inside"), { recursive: true });
  run.end(run.trials[0]!, undefined);
  await expect(run.kept.finish(run.trials)).rejects.toThrow("model.safetensors");
});
