import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openRunDirectory, readJournal, type JournalEvent, type RunDirectory } from "@nn/results";
import { CHECKPOINT_FILE, type Trial, type TrialOutcome } from "@nn/training";
import { toySpec } from "@nn/training/testing/toy-training";
import { expect, onTestFinished, test } from "vitest";

import { sumEpochSeconds, TrialJournal } from "./trial-journal.ts";

const parameters = { "optimizer.learningRate": 0.5 };
const trial: Trial = { number: 1, seed: 3, configuration: 0, parameters, spec: toySpec };
const metrics = (accuracy: number) => ({ loss: 1, accuracy });

/** An epoch that takes two seconds; a later epoch is better. */
const epoch = (number: number) => ({
  epoch: number,
  train: metrics(number / 10),
  validation: metrics(number / 20),
  seconds: 2,
  imagesPerSecond: 9,
});
const completed: TrialOutcome = {
  status: "completed",
  epochs: 1,
  test: metrics(0.5),
  seconds: 99,
  kernels: "none",
};

/** A journal in its own folder, with a clock that the test sets. */
class Fixture {
  readonly directory: RunDirectory;
  readonly journal: TrialJournal;
  now = 100;
  #isClosed = false;

  constructor(folder = createFolder()) {
    this.directory = openRunDirectory({
      folder,
      fingerprint: "0123456789ab",
      name: "toy",
      sweptPaths: ["optimizer.learningRate"],
      files: { "experiment.yaml": "", "environment.json": "{}" },
      // Writing the tables takes no time, so they are always written.
      clock: () => 0,
    });
    onTestFinished(() => this.close());
    this.journal = new TrialJournal(
      this.directory,
      { metric: "validation.accuracy", goal: "maximize" },
      ({ number }, records) => ({ training: `t${number}`, planned: 3 + records.size }),
      () => this.now,
    );
  }

  close(): void {
    if (!this.#isClosed) this.directory.close();
    this.#isClosed = true;
  }

  /** Records epochs of the trial. */
  train(...epochs: readonly number[]): void {
    for (const each of epochs) this.journal.epoch(trial, epoch(each));
  }

  /** Returns the events of the trials. */
  get events(): JournalEvent[] {
    return readJournal(join(this.directory.path, "journal.jsonl")).events.slice(1);
  }

  /** Returns the events of the trials, in short. */
  get summary(): string[] {
    return this.events.map((event) => {
      if (event.event === "trial-started") return `start after ${event.after} by ${event.worker}`;
      if (event.event === "epoch") return `epoch ${event.epoch}`;
      return event.event === "trial-ended" ? `${event.status} in ${event.seconds} s` : event.event;
    });
  }

  get files(): string[] {
    return readdirSync(join(this.directory.path, "trials/1")).sort();
  }
}

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nn-journal-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("the events of a trial contain its fingerprint, its metrics and its time, but not the kernels", () => {
  const run = new Fixture();
  run.journal.start(trial, 2);
  run.train(1);
  run.now += 5;
  run.journal.ended(trial, completed);
  expect(run.events).toEqual([
    { event: "trial-started", trial: 1, seed: 3, parameters, worker: 2, training: "t1", planned: 3 },
    { event: "epoch", trial: 1, ...epoch(1) },
    { event: "trial-ended", trial: 1, status: "completed", epochs: 1, test: metrics(0.5), seconds: 5 },
  ]);
  expect(existsSync(join(run.directory.path, "results.csv"))).toBe(true);
});

test("the start of a trial that continues a network names its parent", () => {
  const run = new Fixture();
  run.journal.start({ ...trial, number: 2, parent: 1 }, 1);
  expect(run.events).toMatchObject([{ event: "trial-started", trial: 2, parent: 1, training: "t2" }]);
});

test("the tables are written after an epoch", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  run.train(1);
  expect(existsSync(join(run.directory.path, "epochs.csv"))).toBe(true);
});

test("a trial takes the time of all its segments, without the time in between", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  run.train(1);
  run.now += 10;
  run.journal.paused(trial);
  run.now += 1000;
  run.journal.start(trial, 1);
  run.journal.resumed(trial, 1);
  run.train(2);
  run.now += 20;
  run.journal.paused(trial);
  run.now += 1000;
  run.journal.start(trial, 1);
  run.journal.resumed(trial, 2);
  run.now += 3;
  run.journal.ended(trial, { ...completed, epochs: 2 });
  expect(run.summary.at(-1)).toBe("completed in 33 s");
});

test("a trial that another run began takes at least the time of its recorded epochs", () => {
  const folder = createFolder();
  const killed = new Fixture(folder);
  killed.journal.start(trial, 1);
  killed.train(1, 2);
  killed.close();
  const run = new Fixture(folder);
  run.journal.start(trial, 1);
  run.now += 5;
  run.journal.resumed(trial, 2);
  run.journal.ended(trial, { ...completed, epochs: 2 });
  // Two recorded epochs of two seconds each, and five seconds since the start.
  expect(run.summary.at(-1)).toBe("completed in 9 s");
});

test("the time is at least the sum over the epochs, even if the clock shows less", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  run.train(1, 2, 3);
  run.now += 5;
  run.journal.ended(trial, { ...completed, epochs: 3 });
  expect(run.summary.at(-1)).toBe("completed in 6 s");
});

test("a retry starts after the recorded epochs, and resumes there", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  run.train(1, 2);
  run.journal.start(trial, 4);
  run.journal.resumed(trial, 2);
  run.train(3);
  expect(run.summary.slice(3)).toEqual(["start after 2 by 4", "epoch 3"]);
});

test("a retry that resumes before its first epoch starts after epoch 0, which is recorded once", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  run.train(1, 2);
  run.journal.start(trial, 4);
  run.journal.resumed(trial, 0);
  run.train(1);
  expect(run.summary.slice(3)).toEqual(["start after 2 by 4", "start after 0 by 4", "epoch 1"]);
});

test("a trial that starts from the checkpoint of another run is recorded without a second start", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  run.journal.resumed(trial, 2);
  run.train(1, 2, 3);
  expect(run.summary).toEqual(["start after undefined by 1", "epoch 1", "epoch 2", "epoch 3"]);
});

test("epochs after the point of the resumption are trained again", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  run.train(1, 2);
  run.journal.start(trial, 4);
  run.journal.resumed(trial, 1);
  run.train(2, 3);
  expect(run.summary.slice(3)).toEqual(["start after 2 by 4", "start after 1 by 4", "epoch 2", "epoch 3"]);
  expect(run.directory.records.get(1)?.history.map((each) => each.epoch)).toEqual([1, 2, 3]);
});

test("a retry that does not resume starts from the beginning, which is recorded once", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  run.train(1, 2);
  run.journal.start(trial, 4);
  run.train(1, 2);
  expect(run.summary.slice(3)).toEqual([
    "start after 2 by 4",
    "start after undefined by 4",
    "epoch 1",
    "epoch 2",
  ]);
});

test.each(["paused", "ended"] as const)(
  "a retry that is %s without a report starts from the beginning",
  (end) => {
    const run = new Fixture();
    run.journal.start(trial, 1);
    run.train(1);
    run.journal.start(trial, 4);
    if (end === "paused") run.journal.paused(trial);
    else run.journal.ended(trial, { ...completed, status: "diverged", epochs: 0 });
    expect(run.summary[3]).toBe("start after undefined by 4");
    expect(run.directory.records.get(1)?.history).toEqual([]);
  },
);

test("a resumption of a trial that is not running is ignored", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  run.train(1);
  run.journal.paused(trial);
  run.journal.resumed(trial, 0);
  expect(run.summary).toEqual(["start after undefined by 1", "epoch 1"]);
  run.journal.start(trial, 1);
  run.journal.resumed(trial, 1);
  run.journal.ended(trial, completed);
  run.journal.resumed(trial, 0);
  expect(run.summary.slice(2)).toEqual(["start after 1 by 1", "completed in 2 s"]);
});

test("a pause is not the end of a trial", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  expect(() => run.journal.ended(trial, { ...completed, status: "paused" })).toThrow(
    new RangeError("trial 1 is paused, and has not ended"),
  );
  expect(run.summary).toEqual(["start after undefined by 1"]);
});

test("an attempt removes all files of an earlier attempt except the checkpoint", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  const folder = run.directory.trialFolder(1);
  for (const name of [CHECKPOINT_FILE, "error.txt"]) writeFileSync(join(folder, name), "");
  mkdirSync(join(folder, "profile"));
  writeFileSync(join(folder, "profile/times"), "");
  run.journal.start(trial, 1);
  expect(run.files).toEqual([CHECKPOINT_FILE]);
});

test("the first start of a trial without a record removes its checkpoint too", () => {
  const run = new Fixture();
  writeFileSync(join(run.directory.trialFolder(1), CHECKPOINT_FILE), "");
  run.journal.start(trial, 1);
  expect(run.files).toEqual([]);
});

test("a failure is recorded with its epochs and its time, and its stack is written to a file", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  run.train(1);
  run.now += 7;
  const details = run.journal.failed(trial, "no memory", "at a line");
  expect(details).toBe(join(run.directory.path, "trials/1/error.txt"));
  expect(readFileSync(details!, "utf8")).toBe("at a line\n");
  expect(run.events.at(-1)).toEqual({
    event: "trial-ended",
    trial: 1,
    status: "failed",
    epochs: 1,
    seconds: 7,
    reason: "no memory",
  });
  expect(readFileSync(join(run.directory.path, "results.csv"), "utf8")).toMatch("1,failed,");
});

test("a failure without a stack has no file", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  expect(run.journal.failed(trial, "no memory", null)).toBeUndefined();
  expect(run.files).toEqual([]);
});

test("after the end of an attempt, its time does not count", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  run.train(1);
  run.now += 7;
  run.journal.failed(trial, "no memory", null);
  run.now += 1000;
  run.journal.pruned(trial, 1, "too slow");
  expect(run.summary.slice(2)).toEqual(["failed in 7 s", "start after 1 by 1", "pruned in 0 s"]);
});

test("a pruned trial has the metrics of its rung, the time of its segments, and no folder", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  run.train(1, 2);
  run.now += 7;
  run.journal.paused(trial);
  run.now += 1000;
  run.journal.pruned(trial, 2, "too slow");
  expect(run.summary).toEqual(["start after undefined by 1", "epoch 1", "epoch 2", "pruned in 7 s"]);
  expect(run.events.at(-1)).toMatchObject({
    epochs: 2,
    bestEpoch: 2,
    validation: metrics(0.1),
    reason: "too slow",
  });
  expect(existsSync(join(run.directory.path, "trials/1"))).toBe(false);
  expect(readFileSync(join(run.directory.path, "results.csv"), "utf8")).toMatch("1,pruned,");
});

test("the seconds of a record are the sum over its epochs", () => {
  const run = new Fixture();
  run.journal.start(trial, 1);
  expect(sumEpochSeconds(run.directory.records.get(1)!)).toBe(0);
  run.train(1, 2, 3);
  expect(sumEpochSeconds(run.directory.records.get(1)!)).toBe(6);
});
